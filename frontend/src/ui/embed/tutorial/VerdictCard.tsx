import { Button } from "../../components/Button";
import { tutorialStrings } from "../../strings-tutorial";
import { useEditorState } from "../useEditorState";
import { placeOf } from "./practice-crop";
import type { Practice } from "./practice-editor";
import { verdictOf } from "./steps";

const text = tutorialStrings.verdict;

interface VerdictCardProps {
  practice: Practice;
  /** Points at a place of the image. */
  onShow: (place: { row: number; col: number }) => void;
  onBack: () => void;
  onClose: () => void;
}

/** What the true labels say of the practice, each cell that is not right at a click. */
export function VerdictCard({ practice, onShow, onBack, onClose }: VerdictCardProps) {
  const { editor, truth, plane } = practice;
  // Each edit may change the verdict.
  useEditorState(editor, (state) => state.nEdits);
  const { nCells, nFound, meanIou, missed, extra } = verdictOf(truth, plane);
  const isPerfect = missed.length === 0 && extra.length === 0;
  return (
    <section className="step-card" aria-label={text.title}>
      <h2>{text.title}</h2>
      <p role="status" data-done={isPerfect}>
        {text.found(nFound, nCells)} {text.mean(meanIou)}
      </p>
      {!isPerfect && (
        <ul className="mark-list" aria-label={text.toMend}>
          {missed.map((cell) => (
            <li key={`cell ${cell}`}>
              <button type="button" className="mark-go" onClick={() => onShow(placeOf(cell))}>
                {text.missed(placeOf(cell))}
              </button>
            </li>
          ))}
          {extra.map((label) => (
            <li key={`label ${label}`}>
              <button type="button" className="mark-go" onClick={() => editor.goTo({ label })}>
                {text.extra(label)}
              </button>
            </li>
          ))}
        </ul>
      )}
      <p>{isPerfect ? text.perfect : text.mend}</p>
      <div className="actions">
        {!isPerfect && (
          <Button small onClick={onBack}>
            {text.back}
          </Button>
        )}
        <Button small tone="primary" onClick={onClose}>
          {tutorialStrings.close}
        </Button>
      </div>
    </section>
  );
}
