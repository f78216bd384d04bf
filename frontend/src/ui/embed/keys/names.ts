/**
 * Keys in words. A key is written as `event.key` with its modifiers before it: `Mod` is Ctrl, or
 * Command on a Mac.
 */

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Delete: "Del",
  Escape: "Esc",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

/** Keys that do nothing by themselves. */
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"]);

/** A key event in the words of the table, such as `Mod+Shift+Z`; null for a modifier alone. */
export function keyNameOf(event: KeyboardEvent): string | null {
  if (MODIFIERS.has(event.key)) return null;
  if (event.key === " ") return "Space";
  const isSign = event.key.length === 1;
  const key = isSign ? event.key.toUpperCase() : event.key;
  // Shift is how "+" is typed on many keyboards, but part of the combination for letters.
  const shift = event.shiftKey && (!isSign || /\p{L}/u.test(key));
  const mod = event.ctrlKey || event.metaKey;
  return `${mod ? "Mod+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** A key as it stands on the keyboard. */
export function keyLabel(key: string): string {
  const parts = key.split(/\+(?=.)/);
  return parts.map((part) => (part === "Mod" ? modName() : (SIGNS[part] ?? part))).join("+");
}

/** A key as `aria-keyshortcuts` writes it. */
export function ariaKey(key: string): string {
  return key.replace(/Mod|Ctrl|⌘/, "Control");
}

function modName(): string {
  return /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl";
}
