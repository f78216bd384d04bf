import { COMMANDS, type Command, TOOLS, type ToolInfo } from "../../../engine";

/** What the toolbar shows: the tools, then what is done to the selected cell. */
export interface ToolbarItems {
  readonly tools: readonly ToolInfo[];
  readonly actions: readonly Command[];
}

/** Commands on cells that have another place or need no button. */
const ELSEWHERE = new Set(["label.next", "label.previous", "label.show", "region.delete"]);
/** Those that stay in sight when the window is small; the others follow in the order of the table. */
const FIRST = [
  "label.new",
  "label.delete",
  "review.accept",
  "review.next",
  "label.grow",
  "label.shrink",
  "label.fill_holes",
  "label.smooth",
  "label.autofit",
];
const OF_STACKS = new Set([
  "label.copy_to_next",
  "label.copy_to_previous",
  "label.interpolate",
  "division.remove",
]);

/** What a crop has, for the tools that make sense in it. */
export interface ToolbarCrop {
  readonly nFrames: number;
  /** Cell types of the project. */
  readonly nTypes: number;
}

export function toolbarItems({ nFrames, nTypes }: ToolbarCrop): ToolbarItems {
  const canUse = ({ id }: ToolInfo) =>
    (id !== "daughter" || nFrames > 1) && (id !== "type" || nTypes > 0);
  const isShown = ({ id, group }: Command) =>
    group === "labels" &&
    !ELSEWHERE.has(id) &&
    !id.startsWith("type.") &&
    (nFrames > 1 || !OF_STACKS.has(id));
  const rank = ({ id }: Command) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
  const actions = COMMANDS.filter(isShown).toSorted((a, b) => rank(a) - rank(b));
  return { tools: TOOLS.filter(canUse), actions };
}

/** The tools of each group, in their order. */
export function groupsOf(tools: readonly ToolInfo[]): readonly (readonly ToolInfo[])[] {
  const names = [...new Set(tools.map(({ group }) => group))];
  return names.map((name) => tools.filter(({ group }) => group === name));
}

const RULE_PX = 10;
const PADDING_PX = 12;
/** Heights of a row of buttons for a mouse and for a finger. */
export const ROW_PX = { fine: 35, coarse: 46 } as const;
/** Rows of actions that stay in sight; a strip too low for them becomes wider. */
const LEAST_ACTION_ROWS = 2;

export interface StripLayout {
  readonly nColumns: 2 | 3;
  /** A rule between the groups of tools, where there is height enough for it. */
  readonly isGrouped: boolean;
  /** The rest goes into a menu, whose place is left free. */
  readonly nTools: number;
  readonly nActions: number;
}

/** What fits into a strip of this height: in two columns if it is high enough, else in three. */
export function stripLayout(
  items: ToolbarItems,
  heightPx: number,
  rowPx: number = ROW_PX.fine,
): StripLayout {
  const { tools, actions } = items;
  if (heightPx <= 0) {
    return { nColumns: 2, isGrouped: true, nTools: tools.length, nActions: actions.length };
  }
  const space = { heightPx: heightPx - PADDING_PX, rowPx };
  return inGroups(items, 2, space) ?? inGroups(items, 3, space) ?? inOneBlock(items, space);
}

interface Space {
  readonly heightPx: number;
  readonly rowPx: number;
}

function inGroups(
  { tools, actions }: ToolbarItems,
  nColumns: 2 | 3,
  { heightPx, rowPx }: Space,
): StripLayout | null {
  const groups = groupsOf(tools);
  const nRows = groups.reduce((sum, { length }) => sum + Math.ceil(length / nColumns), 0);
  const rowsLeft = Math.floor((heightPx - nRows * rowPx - groups.length * RULE_PX) / rowPx);
  if (rowsLeft < Math.min(LEAST_ACTION_ROWS, Math.ceil(actions.length / nColumns))) return null;
  const nActions = nThatFit(actions.length, rowsLeft * nColumns);
  return { nColumns, isGrouped: true, nTools: tools.length, nActions };
}

function inOneBlock({ tools, actions }: ToolbarItems, { heightPx, rowPx }: Space): StripLayout {
  const nColumns = 3;
  const nPlaces = Math.max(1, Math.floor((heightPx - RULE_PX) / rowPx)) * nColumns;
  const free = nPlaces - Math.ceil(tools.length / nColumns) * nColumns;
  const layout = { nColumns, isGrouped: false } as const;
  if (free > 0) {
    return { ...layout, nTools: tools.length, nActions: nThatFit(actions.length, free) };
  }
  return { ...layout, nTools: Math.min(tools.length, nPlaces - 1), nActions: 0 };
}

/** How many of the items find place; the others go into the menu at the end, whose place this leaves. */
export function nThatFit(nItems: number, nPlaces: number): number {
  return nItems <= nPlaces ? nItems : Math.max(0, nPlaces - 1);
}
