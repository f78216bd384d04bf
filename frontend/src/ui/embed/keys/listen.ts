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

/** What goes on while its key stays down; anything else is done once, such as accepting a cell. */
const REPEATING =
  /^(brush\.(larger|smaller)|frame\.|history\.|view\.zoom|label\.(next|previous|grow|shrink)$)/;

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

  const grasp = (code: string, what: Hold) => {
    if (held.has(code)) return;
    held.set(code, what);
    actions.hold(what, true);
  };
  const release = (code: string) => {
    const what = held.get(code);
    if (what && held.delete(code)) actions.hold(what, false);
  };
  const releaseAll = () => {
    for (const code of [...held.keys()]) release(code);
  };
  const press = (event: KeyboardEvent) => {
    if (isForOthers(event, own)) return;
    const name = keyNameOf(event);
    const action = name === null ? undefined : table().actionOf(name);
    if (action !== undefined || SCROLLING.has(event.key)) event.preventDefault();
    if (action === undefined) return;
    const hold = holdOf(action);
    if (hold !== null) {
      grasp(event.code, hold);
    } else if (mayRun(event, action)) {
      actions.run(action);
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

function isForOthers(event: KeyboardEvent, own: Window): boolean {
  return event.altKey || event.defaultPrevented || isUnderDialog(own) || belongsToControl(event);
}

function mayRun({ repeat }: KeyboardEvent, action: string): boolean {
  return !repeat || REPEATING.test(action);
}

/** While a dialog is open the keys are its own, also when nothing in it has the focus. */
function isUnderDialog({ document }: Window): boolean {
  return document.querySelector("dialog[open]") !== null;
}

/** True where the control that has the focus needs the key itself. */
function belongsToControl({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches([TEXT, ...WRITTEN].join())) return true;
  if (ctrlKey || metaKey) return false;
  if (target.matches("input")) return OF_INPUTS.has(key);
  return target.matches("button, a, summary") && OF_BUTTONS.has(key);
}
