import { COMMANDS, type Command } from "../../../engine";

/** What the toolbar shows: the tools, then what is done to the selected cell. */
export interface ToolbarItems {
  readonly tools: readonly Command[];
  readonly actions: readonly Command[];
}

const TOOL_PREFIX = "tool.";
/** Commands that have another place or need no button. */
const ELSEWHERE = new Set(["tool.swap", "label.next", "label.previous", "label.show"]);

/** The tool that a command chooses, or null when it does something else. */
export function toolOf(command: Pick<Command, "id" | "group">): string | null {
  const isTool = command.group === "tools" && command.id.startsWith(TOOL_PREFIX);
  return isTool && !ELSEWHERE.has(command.id) ? command.id.slice(TOOL_PREFIX.length) : null;
}

export function toolbarItems(commands: readonly Command[] = COMMANDS): ToolbarItems {
  return {
    tools: commands.filter((command) => toolOf(command) !== null),
    actions: commands.filter(({ id, group }) => group === "labels" && !ELSEWHERE.has(id)),
  };
}

/** How many of the items find place; the others go into the menu at the end, whose place this leaves. */
export function nThatFit(nItems: number, nPlaces: number): number {
  return nItems <= nPlaces ? nItems : Math.max(0, nPlaces - 1);
}
