/**
 * Every key of the annotator's page in one table. `ctrl` stands for Control and, on a Mac, Command.
 * Commands are the editor's; `page.*` are those of the page around it.
 */
const KEYS: readonly (readonly [keys: string, command: string])[] = [
  ["V", "tool.select"],
  ["B", "tool.brush"],
  ["E", "tool.erase"],
  ["H", "tool.pan"],
  ["[", "brush.smaller"],
  ["]", "brush.larger"],
  ["N", "label.new"],
  ["Delete", "label.delete"],
  ["Backspace", "label.delete"],
  ["Tab", "label.next"],
  ["Shift+Tab", "label.previous"],
  ["Ctrl+Z", "history.undo"],
  ["Ctrl+Shift+Z", "history.redo"],
  ["Ctrl+Y", "history.redo"],
  ["0", "view.fit"],
  ["+", "view.zoomIn"],
  ["-", "view.zoomOut"],
  ["C", "view.compartment"],
  ["Ctrl+Enter", "page.submit"],
];

/** Keys that act while they are held. */
const HOLDS: Readonly<Record<string, "pan" | "hide_labels">> = {
  Space: "pan",
  KeyX: "hide_labels",
};

/** Keys by which a browser scrolls; the page that embeds this one must not move. */
const SCROLLING = new Set([
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "PageUp",
  "PageDown",
  "Home",
  "End",
]);

/** The first key of a command, for buttons; undefined when it has none. */
export function keysOf(command: string): string | undefined {
  return KEYS.find(([, id]) => id === command)?.[0];
}

function commandOf(event: KeyboardEvent): string | undefined {
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // Shift is part of the sign for keys such as "+", and of the combination for letters.
  const shift = event.shiftKey && (event.key.length > 1 || /[A-Z]/.test(key));
  const pressed = `${ctrl ? "Ctrl+" : ""}${shift ? "Shift+" : ""}${key}`;
  return event.altKey ? undefined : KEYS.find(([keys]) => keys === pressed)?.[1];
}

export interface KeyActions {
  run: (command: string) => void;
  hold: (what: "pan" | "hide_labels", down: boolean) => void;
}

/** Listens for the keys of the table until the returned function is called. */
export function listenToKeys(actions: KeyActions, own: Window = window): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const held = new Set<"pan" | "hide_labels">();
  const release = () => {
    for (const what of held) actions.hold(what, false);
    held.clear();
  };

  own.addEventListener(
    "keydown",
    (event) => {
      if (!isForPage(event)) return;
      const hold = HOLDS[event.code];
      const command = commandOf(event);
      if (command || hold || SCROLLING.has(event.key)) event.preventDefault();
      if (command) actions.run(command);
      else if (hold && !event.repeat && !event.ctrlKey && !event.metaKey) {
        held.add(hold);
        actions.hold(hold, true);
      }
    },
    { signal },
  );
  own.addEventListener(
    "keyup",
    (event) => {
      const hold = HOLDS[event.code];
      if (hold && held.delete(hold)) actions.hold(hold, false);
    },
    { signal },
  );
  // The release of a key held while the window loses the focus never arrives.
  own.addEventListener("blur", release, { signal });
  return () => {
    release();
    stop.abort();
  };
}

const OWN_KEYS = new Set([" ", "Enter", "Tab"]);

/** False where the key belongs to the control that has the focus. */
function isForPage(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return true;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return false;
  if (target instanceof HTMLInputElement) return event.ctrlKey || event.metaKey;
  const isControl = /^(BUTTON|A|SUMMARY)$/.test(target.tagName);
  const combined = event.ctrlKey || event.metaKey;
  return combined || !isControl || !OWN_KEYS.has(event.key);
}
