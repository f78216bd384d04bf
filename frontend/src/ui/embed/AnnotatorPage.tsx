import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { Button } from "../components/Button";
import { Logo } from "../components/Logo";
import { Failure, Loading } from "../components/Notice";
import { strings } from "../strings";
import { embedStrings } from "../strings-embed";
import { EditorScreen } from "./EditorScreen";
import type { AnnotationFlow, FlowState } from "./flow";
import { keepHostFromScrolling } from "./keep-scroll";
import { preloadParts } from "./late-parts";

const text = embedStrings;

export function AnnotatorPage({ flow }: { flow: AnnotationFlow }) {
  const state = useSyncExternalStore(flow.subscribe, flow.getSnapshot);
  useEffect(() => keepHostFromScrolling(), []);
  useEffect(() => void preloadParts(), []);
  useEffect(() => {
    if (state.job) document.title = text.title(state.job.name);
  }, [state.job]);

  switch (state.phase) {
    case "launching":
    case "claiming":
    case "loading":
      return (
        <Screen>
          <Loading label={text.steps[state.phase]} />
        </Screen>
      );
    case "thanks":
      return (
        <Screen>
          <div className="notice" role="status">
            <strong>{text.steps.thanks}</strong>
            <span>{text.steps.thanksNext}</span>
          </div>
        </Screen>
      );
    case "failed":
      return (
        <Screen>
          <h1>{text.failed.title}</h1>
          <Failure message={state.message} onRetry={() => void flow.start()} />
        </Screen>
      );
    case "finished":
      return <Finished state={state} onAgain={() => void flow.start()} />;
    case "editing":
      return (
        <EditorScreen
          key={state.crop.assignment.id}
          crop={state.crop}
          instructions={state.job?.instructions ?? ""}
          leaving={state.leaving}
          problem={state.problem}
          onSubmit={flow.submit}
          onSkip={flow.skip}
          onReload={flow.reloadCrop}
          onNext={flow.start}
        />
      );
  }
}

function Screen({ children }: { children: ReactNode }) {
  return (
    <main className="sign-in">
      <div className="card">
        <span className="brand">
          <Logo size={26} /> {strings.product}
        </span>
        {children}
      </div>
    </main>
  );
}

function Finished({ state, onAgain }: { state: FlowState; onAgain: () => void }) {
  return (
    <Screen>
      <h1>{text.finished.title}</h1>
      <p className="muted">{text.finished.lead}</p>
      <dl className="figures">
        <div className="figure">
          <dt>{text.finished.submitted}</dt>
          <dd>{state.nSubmitted}</dd>
        </div>
        <div className="figure">
          <dt>{text.finished.skipped}</dt>
          <dd>{state.nSkipped}</dd>
        </div>
      </dl>
      <Button onClick={onAgain}>{text.finished.again}</Button>
    </Screen>
  );
}
