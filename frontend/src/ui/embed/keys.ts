import { COMMANDS, HOLD_KEYS } from "../../engine";

export type Hold = (typeof HOLD_KEYS)[number]["what"];

/** The commands of the page around the editor, beside those of the editor's own table. */
export const SUBMIT = "page.submit";
const PAGE_KEYS: readonly (readonly [key: string, command: string])[] = [["Mod+Enter", SUBMIT]];

const COMMAND_OF = new Map<string, string>([
  ...COMMANDS.flatMap(({ id, keys }) => keys.map((key): [string, string] => [key, id])),
  ...PAGE_KEYS,
]);
const HOLD_OF = new Map<string, Hold>(
  HOLD_KEYS.flatMap(({ what, keys }) => keys.map((key): [string, Hold] => [key, what])),
);

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

/** The first key of a command as it stands on the keyboard; undefined when it has none. */
export function keyOf(command: string): string | undefined {
  for (const [key, id] of COMMAND_OF) {
    if (id === command) return key.replace("Mod", "Ctrl");
  }
  return undefined;
}

/** A key event in the words of the table, such as `Mod+Shift+Z`. */
function nameOf(event: KeyboardEvent): string {
  if (event.key === " ") return "Space";
  const isSign = event.key.length === 1;
  const key = isSign ? event.key.toUpperCase() : event.key;
  // Shift is how "+" is typed on many keyboards, but part of the combination for letters.
  const shift = event.shiftKey && (!isSign || /\p{L}/u.test(key));
  const mod = event.ctrlKey || event.metaKey;
  return `${mod ? "Mod+" : ""}${shift ? "Shift+" : ""}${key}`;
}

export interface KeyActions {
  run: (command: string) => void;
  hold: (what: Hold, down: boolean) => void;
}

/** Listens for the keys of the table until the returned function is called. */
export function listenToKeys(actions: KeyActions, own: Window = window): () => void {
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
    if (event.altKey || belongsToControl(event)) return;
    const name = nameOf(event);
    const command = COMMAND_OF.get(name);
    const hold = HOLD_OF.get(name);
    if (command || hold || SCROLLING.has(event.key)) event.preventDefault();
    if (command) actions.run(command);
    if (hold && !held.has(event.code)) {
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

/** True where the control that has the focus needs the key itself. */
function belongsToControl({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches([TEXT, ...WRITTEN].join())) return true;
  if (ctrlKey || metaKey) return false;
  if (target.matches("input")) return OF_INPUTS.has(key);
  return target.matches("button, a, summary") && OF_BUTTONS.has(key);
}
