import { useEffect, useState } from "react";
import type { Editor, Viewport } from "../../../engine";
import { Button } from "../../components/Button";
import { Logo } from "../../components/Logo";
import { embedStrings } from "../../strings-embed";
import { tutorialStrings } from "../../strings-tutorial";
import { CanvasHost } from "../CanvasHost";
import { IconButton } from "../icons";
import { useKeys } from "../keys/useKeys";
import { CropOverlay } from "../overlay/CropOverlay";
import { ToolOptions } from "../toolbar/ToolOptions";
import { ToolStrip } from "../toolbar/ToolStrip";
import { useCommands } from "../useCommands";
import { useEditorState } from "../useEditorState";
import { useNote } from "../useNote";
import { openPractice, type Practice } from "./practice-editor";
import { StepCard } from "./StepCard";
import { STEPS } from "./steps";
import { VerdictCard } from "./VerdictCard";

const text = tutorialStrings;

/** Guided practice on a made-up crop; nothing of it is saved. */
export default function Tutorial({ onClose }: { onClose: () => void }) {
  const [opened, setOpened] = useState<{ turn: number; practice: Practice } | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const practice = openPractice();
    setOpened({ turn, practice });
    return () => practice.editor.dispose();
  }, [turn]);
  // The crop of the turn before is gone already.
  if (opened?.turn !== turn) return null;
  return (
    <PracticeScreen
      key={turn}
      practice={opened.practice}
      onAgain={() => setTurn((before) => before + 1)}
      onClose={onClose}
    />
  );
}

interface PracticeScreenProps {
  practice: Practice;
  onAgain: () => void;
  onClose: () => void;
}

function PracticeScreen({ practice, onAgain, onClose }: PracticeScreenProps) {
  const { editor } = practice;
  const [at, setAt] = useState(0);
  const [viewport, setViewport] = useState<Viewport | null>(null);
  const [note, say] = useNote();
  const [isSubmitted, setSubmitted] = useState(false);
  const [shown, setShown] = useState<{ row: number; col: number } | null>(null);
  const step = STEPS[at];
  const submit = () => {
    setShown(null);
    setSubmitted(true);
  };
  const nothing = () => undefined;
  const run = useCommands({
    editor,
    locked: false,
    say,
    page: {
      "page.submit": submit,
      "page.check": nothing,
      "page.palette": nothing,
      "page.help": nothing,
      "page.panel": nothing,
      "page.save": nothing,
      "page.download": nothing,
      "page.tutorial": onClose,
      "page.view": nothing,
      "page.types": nothing,
      "page.notes": nothing,
      "page.regions": nothing,
      "page.divisions": nothing,
    },
  });
  return (
    <div className="editor editor-practice">
      <header className="top-bar">
        <Logo size={22} />
        <h1 className="practice-title">{text.title}</h1>
        <UndoButtons editor={editor} run={run} />
        <span className="muted">{text.lead}</span>
        <span className="top-space" />
        <Button small tone="quiet" onClick={onAgain}>
          {text.again}
        </Button>
        <Button small tone="primary" onClick={onClose}>
          {text.close}
        </Button>
      </header>
      <ToolOptions editor={editor} note={note} nFrames={1} />
      <ToolStrip editor={editor} locked={false} nFrames={1} run={run} />
      <main className="crop-place">
        <CanvasHost editor={editor} locked={false} onViewport={setViewport} />
        <CropOverlay
          crop={practice}
          viewport={viewport}
          mark={isSubmitted ? shown : (step?.place ?? null)}
        />
      </main>
      <aside className="side-panel">
        <div className="panel-body" data-scrolls>
          {isSubmitted && (
            <VerdictCard
              practice={practice}
              onShow={setShown}
              onBack={() => setSubmitted(false)}
              onClose={onClose}
            />
          )}
          {!isSubmitted && step && viewport && (
            <StepCard
              key={step.id}
              practice={practice}
              step={step}
              number={at + 1}
              onNext={() => setAt((before) => Math.min(before + 1, STEPS.length - 1))}
              onSubmit={submit}
            />
          )}
        </div>
      </aside>
    </div>
  );
}

function UndoButtons({ editor, run }: { editor: Editor; run: (command: string) => void }) {
  const keys = useKeys();
  const canUndo = useEditorState(editor, (state) => state.canUndo);
  const canRedo = useEditorState(editor, (state) => state.canRedo);
  return (
    <div className="top-group">
      <IconButton
        icon="undo"
        label={embedStrings.actions.undo}
        keys={keys.labelOf("history.undo")}
        disabled={!canUndo}
        onClick={() => run("history.undo")}
      />
      <IconButton
        icon="redo"
        label={embedStrings.actions.redo}
        keys={keys.labelOf("history.redo")}
        disabled={!canRedo}
        onClick={() => run("history.redo")}
      />
    </div>
  );
}
