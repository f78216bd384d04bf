import { Button } from "../../components/Button";
import { lateStrings } from "../../strings-embed-late";
import { Dialog } from "../Dialog";
import { ACTIONS, type ActionGroup } from "../keys/actions";
import { PRESET_IDS, type PresetId } from "../keys/presets";
import { useKeymap, useKeys } from "../keys/useKeys";
import { KeyRow } from "./KeyRow";

const text = lateStrings.help;
const GROUPS: readonly ActionGroup[] = [
  "tools",
  "labels",
  "hold",
  "view",
  "channels",
  "history",
  "page",
];

/** All keys in one table, each of them open to change, and what the pointer does. */
export default function HelpOverlay({ onClose }: { onClose: () => void }) {
  const keymap = useKeymap();
  const keys = useKeys();
  const isChanged = Object.keys(keys.changes).length > 0;
  return (
    <Dialog title={text.title} onClose={onClose} wide>
      <div className="help-head">
        <label className="option">
          <span>{text.preset}</span>
          <select
            className="small-select"
            value={keys.preset}
            onChange={(event) => keymap.takePreset(event.target.value as PresetId)}
          >
            {PRESET_IDS.map((id) => (
              <option key={id} value={id}>
                {text.presets[id]}
              </option>
            ))}
          </select>
        </label>
        <Button small disabled={!isChanged} onClick={() => keymap.takePreset(keys.preset)}>
          {text.reset}
        </Button>
        <p className="muted">{text.lead}</p>
      </div>
      <div className="help-groups">
        {GROUPS.map((group) => (
          <section key={group} aria-label={lateStrings.groups[group]}>
            <h3>{lateStrings.groups[group]}</h3>
            <dl>
              {ACTIONS.filter((action) => action.group === group).map((action) => (
                <KeyRow key={action.id} action={action} />
              ))}
            </dl>
          </section>
        ))}
        <section aria-label={text.pointer}>
          <h3>{text.pointer}</h3>
          <dl>
            {text.pointerRows.map(([what, how]) => (
              <div key={what} className="key-row">
                <dt>{what}</dt>
                <dd>{how}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
