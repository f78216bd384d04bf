import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { tutorialStrings } from "../../strings-tutorial";
import { useKeys } from "../keys/useKeys";
import { useEditorState } from "../useEditorState";
import type { Practice } from "./practice-editor";
import { isDone, progressOf, STEPS, type Step } from "./steps";

const text = tutorialStrings;

interface StepCardProps {
  practice: Practice;
  step: Step;
  number: number;
  onNext: () => void;
  /** Submits the practice: the true labels then say how well it went. */
  onSubmit: () => void;
}

/** What to do now, and how well it is done. */
export function StepCard({ practice, step, number, onNext, onSubmit }: StepCardProps) {
  const { editor, truth, plane } = practice;
  const keys = useKeys();
  const camera = useEditorState(editor, (state) => state.camera);
  const selected = useEditorState(editor, (state) => state.selected);
  const canRedo = useEditorState(editor, (state) => state.canRedo);
  const nChecked = useEditorState(editor, (state) => state.nChecked);
  useEditorState(editor, (state) => state.nEdits);
  const [firstZoom] = useState(camera.zoom);
  const state = { camera, selected, canRedo, nChecked };
  const share = progressOf(step.id, { truth, plane, state, firstZoom });
  const isDoneNow = isDone(step, share);
  // What was done once stays done, such as an undo after its redo; an outline has to stay good.
  const [wasDone, setWasDone] = useState(false);
  useEffect(() => {
    if (isDoneNow) setWasDone(true);
  }, [isDoneNow]);
  const done = isDoneNow || (wasDone && step.target === null);
  const { title, lead } = text.steps[step.id];
  const isLast = step.id === "submit";
  return (
    <section className="step-card" aria-label={text.title}>
      <StepDots number={number} />
      <h2>{title}</h2>
      <p>{lead((command) => keys.labelOf(command) ?? "–")}</p>
      <p role="status" data-done={done}>
        {!isLast && step.target !== null && text.overlap(share, step.target)}
        {!isLast && step.target === null && (done ? text.good : text.todo)}
      </p>
      <div className="actions">
        {isLast ? (
          <Button small tone="primary" onClick={onSubmit}>
            {text.submit}
          </Button>
        ) : (
          <Button small tone={done ? "primary" : "plain"} onClick={onNext}>
            {done ? text.next : text.skip}
          </Button>
        )}
      </div>
    </section>
  );
}

function StepDots({ number }: { number: number }) {
  return (
    <div className="step-dots" role="img" aria-label={text.step(number, STEPS.length)}>
      {STEPS.map(({ id }, index) => (
        <span key={id} data-past={index < number} />
      ))}
    </div>
  );
}
