/**
 * The commands of the editor as data: what a key, a button, the palette of commands and the help
 * overlay all read. Keys are those that people bring from DeepCell Label and QuPath; binding them
 * to a keyboard is the work of the user interface.
 *
 * A key is written as `event.key` with its modifiers before it: `Mod` is Ctrl, or Command on a Mac.
 */
import type { Command } from "./commands/command";
import { HISTORY_COMMANDS } from "./commands/history";
import { LABEL_COMMANDS } from "./commands/labels";
import { TOOL_COMMANDS } from "./commands/tools";
import { VIEW_COMMANDS } from "./commands/view";

export type { Command, CommandGroup, CommandTarget } from "./commands/command";

/** Keys that act while they are held, for `{type: "hold", what, down}`. */
export const HOLD_KEYS = [
  { what: "pan", label: "Move the view while held", keys: ["Space"] },
  { what: "solo", label: "Show one channel alone while held", keys: ["\\"] },
  { what: "hide_labels", label: "Hide labels while held", keys: ["H"] },
] as const;

export const COMMANDS: readonly Command[] = [
  ...TOOL_COMMANDS,
  ...LABEL_COMMANDS,
  ...HISTORY_COMMANDS,
  ...VIEW_COMMANDS,
];

const BY_ID = new Map(COMMANDS.map((entry) => [entry.id, entry]));

/** The command with an id, or undefined. */
export function findCommand(id: string): Command | undefined {
  return BY_ID.get(id);
}
