import { type Hold, holdOf } from "./actions";
import type { KeyTable } from "./keymap";
import { keyNameOf } from "./names";

const MOVING = [
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "PageUp",
  "PageDown",
  "Home",
  "End",
];
/** Keys by which a browser scrolls; the page that embeds this one must not move. */
const SCROLLING = new Set([...MOVING, " "]);
const OF_BUTTONS = new Set([" ", "Enter", "Tab"]);
const OF_INPUTS = new Set([...MOVING, ...OF_BUTTONS]);

export interface KeyActions {
  run: (command: string) => void;
  hold: (what: Hold, down: boolean) => void;
}

/** Listens for the keys of the table until the returned function is called. */
export function listenToKeys(
  table: () => KeyTable,
  actions: KeyActions,
  own: Window = window,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const held = new Map<string, Hold>();

  const release = (code: string) => {
    const what = held.get(code);
    if (what && held.delete(code)) actions.hold(what, false);
  };
  const releaseAll = () => {
    for (const code of [...held.keys()]) release(code);
  };
  const press = (event: KeyboardEvent) => {
    if (event.altKey || event.defaultPrevented || isInDialog(event) || belongsToControl(event)) {
      return;
    }
    const name = keyNameOf(event);
    const action = name === null ? undefined : table().actionOf(name);
    if (action !== undefined || SCROLLING.has(event.key)) event.preventDefault();
    if (action === undefined) return;
    const hold = holdOf(action);
    if (hold === null) {
      actions.run(action);
    } else if (!held.has(event.code)) {
      held.set(event.code, hold);
      actions.hold(hold, true);
    }
  };

  own.addEventListener("keydown", press, { signal });
  own.addEventListener("keyup", (event) => release(event.code), { signal });
  // The release of a key that is held while the window loses the focus never arrives.
  own.addEventListener("blur", releaseAll, { signal });
  return () => {
    releaseAll();
    stop.abort();
  };
}

const TEXT = "textarea, select, [contenteditable], input:not([type])";
const WRITTEN = "text search number email url password".split(" ").map((t) => `input[type=${t}]`);

function isInDialog({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest("dialog") !== null;
}

/** True where the control that has the focus needs the key itself. */
function belongsToControl({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches([TEXT, ...WRITTEN].join())) return true;
  if (ctrlKey || metaKey) return false;
  if (target.matches("input")) return OF_INPUTS.has(key);
  return target.matches("button, a, summary") && OF_BUTTONS.has(key);
}
