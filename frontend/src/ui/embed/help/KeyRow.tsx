import { type KeyboardEvent, useState } from "react";
import { lateStrings } from "../../strings-embed-late";
import type { KeyAction } from "../keys/actions";
import { keyLabel, keyNameOf } from "../keys/names";
import { useKeymap, useKeys } from "../keys/useKeys";

const text = lateStrings.help;

/** An action with its keys. Its button waits for the key that the action shall have. */
export function KeyRow({ action }: { action: KeyAction }) {
  const keymap = useKeymap();
  const keys = useKeys().keysOf(action.id);
  const [waiting, setWaiting] = useState(false);

  const take = (event: KeyboardEvent) => {
    if (!waiting) return;
    const key = keyNameOf(event.nativeEvent);
    if (key === null || key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    setWaiting(false);
    if (key === "Escape") return;
    keymap.setKeys(action.id, key === "Backspace" ? [] : [key]);
  };
  return (
    <div className="key-row">
      <dt>{action.label}</dt>
      <dd>
        <button
          type="button"
          className="key-button"
          aria-label={text.change(action.label, keys.map(keyLabel).join(", "))}
          data-waiting={waiting}
          onClick={() => setWaiting(true)}
          onBlur={() => setWaiting(false)}
          onKeyDown={take}
        >
          {waiting ? text.pressKey : <Keys keys={keys} />}
        </button>
      </dd>
    </div>
  );
}

function Keys({ keys }: { keys: readonly string[] }) {
  if (keys.length === 0) return <span className="muted">{text.noKey}</span>;
  return keys.map((key) => <kbd key={key}>{keyLabel(key)}</kbd>);
}
