import { COMMANDS, type CommandGroup, HOLD_KEYS } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import type { PanelId } from "../panels/panel-list";

export type Hold = (typeof HOLD_KEYS)[number]["what"];

/** The commands of the page around the editor, beside those of the editor's own table. */
export type PageCommand =
  | "page.submit"
  | "page.check"
  | "page.palette"
  | "page.help"
  | "page.panel"
  | "page.save"
  | "page.download"
  | "page.tutorial"
  | PanelCommand;

/** The commands that open a panel. */
export type PanelCommand = `page.${PanelId}`;

export type ActionGroup = CommandGroup | "page" | "hold";

/** One line of the table of keys. */
export interface KeyAction {
  readonly id: string;
  readonly label: string;
  readonly group: ActionGroup;
  readonly keys: readonly string[];
}

const HOLD_PREFIX = "hold.";
const pageText = embedStrings.page;

const PAGE_ACTIONS: readonly KeyAction[] = (
  [
    ["page.submit", ["Mod+Enter"]],
    ["page.check", []],
    ["page.palette", ["Mod+K"]],
    ["page.help", ["?"]],
    ["page.panel", ["Mod+B"]],
    ["page.save", ["Mod+S"]],
    ["page.download", []],
    ["page.tutorial", []],
    ["page.view", []],
    ["page.types", []],
    ["page.notes", []],
    ["page.regions", []],
    ["page.divisions", []],
  ] as const satisfies readonly (readonly [PageCommand, readonly string[]])[]
).map(([id, keys]) => ({ id, keys, group: "page", label: pageText[id] }));

/** Everything that a key can do, with the keys it has when nobody chose others. */
export const ACTIONS: readonly KeyAction[] = [
  ...COMMANDS,
  ...HOLD_KEYS.map(
    ({ what, label, keys }): KeyAction => ({ id: holdId(what), label, group: "hold", keys }),
  ),
  ...PAGE_ACTIONS,
];

export function holdId(what: Hold): string {
  return HOLD_PREFIX + what;
}

/** What an action holds, or null when it is a command. */
export function holdOf(id: string): Hold | null {
  return id.startsWith(HOLD_PREFIX) ? (id.slice(HOLD_PREFIX.length) as Hold) : null;
}

export function isPageCommand(id: string): id is PageCommand {
  return id in pageText;
}
