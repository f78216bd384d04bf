import { COMMANDS, type Command, TOOLS, type ToolInfo } from "../../../engine";

/** What the toolbar shows: the tools, then what is done to the selected cell. */
export interface ToolbarItems {
  readonly tools: readonly ToolInfo[];
  readonly actions: readonly Command[];
}

/** Commands on cells that have another place or need no button. */
const ELSEWHERE = new Set(["label.next", "label.previous", "label.show"]);
/** Those that stay in sight when the window is small; the others follow in the order of the table. */
const FIRST = ["label.new", "label.delete", "review.accept", "label.autofit", "label.fill_holes"];
const OF_STACKS = new Set(["label.copy_to_next", "label.copy_to_previous", "label.interpolate"]);

export function toolbarItems(
  nFrames: number,
  tools: readonly ToolInfo[] = TOOLS,
  commands: readonly Command[] = COMMANDS,
): ToolbarItems {
  const isShown = ({ id, group }: Command) =>
    group === "labels" && !ELSEWHERE.has(id) && (nFrames > 1 || !OF_STACKS.has(id));
  const rank = ({ id }: Command) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
  return { tools, actions: commands.filter(isShown).toSorted((a, b) => rank(a) - rank(b)) };
}

/** The tools of each group, in their order. */
export function groupsOf(tools: readonly ToolInfo[]): readonly (readonly ToolInfo[])[] {
  const names = [...new Set(tools.map(({ group }) => group))];
  return names.map((name) => tools.filter(({ group }) => group === name));
}

/** How many of the items find place; the others go into the menu at the end, whose place this leaves. */
export function nThatFit(nItems: number, nPlaces: number): number {
  return nItems <= nPlaces ? nItems : Math.max(0, nPlaces - 1);
}

export const N_COLUMNS = 2;
const ROW_PX = 38;
const RULE_PX = 13;
const PADDING_PX = 12;

export interface StripLayout {
  /** A rule between the groups of tools, where there is height enough for it. */
  readonly isGrouped: boolean;
  /** Buttons without a rule but the one between tools and actions; infinite without a height. */
  readonly nPlaces: number;
}

/** What fits into a strip of this height. */
export function stripLayout({ tools, actions }: ToolbarItems, heightPx: number): StripLayout {
  if (heightPx <= 0) return { isGrouped: true, nPlaces: Number.POSITIVE_INFINITY };
  const groups = [...groupsOf(tools), actions];
  const rows = groups.reduce((sum, group) => sum + Math.ceil(group.length / N_COLUMNS), 0);
  const needed = rows * ROW_PX + (groups.length - 1) * RULE_PX + PADDING_PX;
  if (needed <= heightPx) return { isGrouped: true, nPlaces: Number.POSITIVE_INFINITY };
  const nRows = Math.floor((heightPx - RULE_PX - PADDING_PX) / ROW_PX);
  return { isGrouped: false, nPlaces: Math.max(1, nRows) * N_COLUMNS };
}
