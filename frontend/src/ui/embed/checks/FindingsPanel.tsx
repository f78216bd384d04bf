import type { CheckFinding } from "../../../model";
import { Button } from "../../components/Button";
import { strings } from "../../strings";
import { embedStrings } from "../../strings-embed";
import { lateStrings } from "../../strings-embed-late";
import { CheckBox } from "../controls";
import { IconButton } from "../icons";

const text = lateStrings.findings;
const MOST_SHOWN = 200;

interface FindingsPanelProps {
  findings: readonly CheckFinding[];
  nFrames: number;
  shown: CheckFinding | null;
  canSubmit: boolean;
  isBusy: boolean;
  onShow: (finding: CheckFinding) => void;
  /** Cells with a finding are coloured, all others grey. */
  isColored: boolean;
  onColored: (on: boolean) => void;
  onAgain: () => void;
  onSubmit: () => void;
  onClose: () => void;
}

/** What the checks found; a click shows the place. */
export function FindingsPanel(props: FindingsPanelProps) {
  const { findings } = props;
  return (
    <section className="findings" aria-label={text.title}>
      <header>
        <h2 aria-live="polite">{text.count(findings.length)}</h2>
        <IconButton icon="close" label={strings.common.close} onClick={props.onClose} />
      </header>
      <ul data-scrolls>
        {findings.slice(0, MOST_SHOWN).map((finding) => (
          <li key={keyOf(finding)}>
            <button
              type="button"
              aria-current={finding === props.shown}
              onClick={() => props.onShow(finding)}
            >
              <span>{wordsOf(finding)}</span>
              <span className="muted">{placeOf(finding, props.nFrames)}</span>
            </button>
          </li>
        ))}
      </ul>
      {findings.length > MOST_SHOWN && (
        <p className="muted">{text.more(findings.length - MOST_SHOWN)}</p>
      )}
      {findings.length > 0 && (
        <div className="findings-color">
          <CheckBox label={text.colored} checked={props.isColored} onChange={props.onColored} />
        </div>
      )}
      <footer className="actions">
        <Button small disabled={props.isBusy} onClick={props.onAgain}>
          {props.isBusy ? embedStrings.checks.checking : text.again}
        </Button>
        <Button small tone="primary" disabled={!props.canSubmit} onClick={props.onSubmit}>
          {findings.length > 0 ? text.submitAnyway : embedStrings.actions.submit}
        </Button>
      </footer>
    </section>
  );
}

function keyOf({ rule, compartment, frame, label, row, col }: CheckFinding): string {
  return [rule, compartment, frame, label, row, col].join();
}

function wordsOf({ rule, label, value }: CheckFinding): string {
  return text.rules[rule](label, value);
}

function placeOf({ compartment, frame }: CheckFinding, nFrames: number): string {
  const name = strings.compartments[compartment];
  return nFrames > 1 ? `${name}, ${embedStrings.frame} ${frame + 1}` : name;
}
