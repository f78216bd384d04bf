import { useState } from "react";
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
  onClose: () => void;
}

/** What to do now, and how well it is done. */
export function StepCard({ practice, step, number, onNext, onClose }: StepCardProps) {
  const { editor, truth, plane } = practice;
  const keys = useKeys();
  const camera = useEditorState(editor, (state) => state.camera);
  const selected = useEditorState(editor, (state) => state.selected);
  useEditorState(editor, (state) => state.nEdits);
  const [firstZoom] = useState(camera.zoom);
  const share = progressOf(step.id, { truth, plane, state: { camera, selected }, firstZoom });
  const done = isDone(step, share);
  const { title, lead } = text.steps[step.id];
  const isLast = number === STEPS.length;
  return (
    <section className="step-card" aria-label={text.title}>
      <p className="muted">{text.step(number, STEPS.length)}</p>
      <h2>{title}</h2>
      <p>{lead((command) => keys.labelOf(command) ?? "–")}</p>
      <p role="status" data-done={done}>
        {isLast && text.result(share)}
        {!isLast && step.target !== null && text.overlap(share, step.target)}
        {!isLast && step.target === null && (done ? text.good : text.todo)}
      </p>
      <div className="actions">
        {isLast ? (
          <Button small tone="primary" onClick={onClose}>
            {text.close}
          </Button>
        ) : (
          <Button small tone={done ? "primary" : "quiet"} onClick={onNext}>
            {done ? text.next : text.skip}
          </Button>
        )}
      </div>
    </section>
  );
}
