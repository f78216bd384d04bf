/** The tools as data: what the strip of tools, the help overlay and the hint line read. */

export interface ToolInfo {
  readonly id: string;
  readonly label: string;
  readonly key: string;
  /** What to do with it, in one line. */
  readonly hint: string;
  readonly group: "view" | "draw" | "shape" | "image" | "split" | "labels" | "marks";
}

export const TOOLS = [
  {
    id: "select",
    label: "Select",
    key: "V",
    hint: "Click a cell to select it; click again for the cell or nucleus that it overlaps.",
    group: "view",
  },
  {
    id: "pan",
    label: "Move the view",
    key: "M",
    hint: "Drag to move the view.",
    group: "view",
  },
  {
    id: "brush",
    label: "Brush",
    key: "B",
    hint: "Paint the selected cell. Alt erases; Alt and the wheel change the size.",
    group: "draw",
  },
  {
    id: "erase",
    label: "Eraser",
    key: "E",
    hint: "Erase the selected cell, or the cell that the stroke meets first.",
    group: "draw",
  },
  {
    id: "encircle",
    label: "Encircle",
    key: "U",
    hint: "Click, move round the cell, click again to close. Or drag round it. Alt takes away.",
    group: "shape",
  },
  {
    id: "polygon",
    label: "Polygon",
    key: "Shift+P",
    hint: "Click corner by corner; click the first one, or press Enter, to close. Alt takes away.",
    group: "shape",
  },
  {
    id: "flood",
    label: "Flood",
    key: "G",
    hint: "Click background to fill it with the selected cell. Overwrite mode floods cells too.",
    group: "shape",
  },
  {
    id: "trim",
    label: "Trim",
    key: "K",
    hint: "Click the part of a cell to keep; its other parts go away.",
    group: "shape",
  },
  {
    id: "threshold",
    label: "Threshold in a box",
    key: "T",
    hint: "Drag a box; its bright pixels become the cell.",
    group: "image",
  },
  {
    id: "wand",
    label: "Magic wand",
    key: "Shift+W",
    hint: "Click what is about as bright and connected; drag sideways to take more or less.",
    group: "image",
  },
  {
    id: "expand",
    label: "Cell from nucleus",
    key: "Shift+E",
    hint: "Click a nucleus to widen it into a cell.",
    group: "image",
  },
  {
    id: "predict_box",
    label: "Predict in a box",
    key: "Shift+K",
    hint: "Drag a box of at least 16 pixels a side; the predictor draws the cells in it.",
    group: "image",
  },
  {
    id: "watershed",
    label: "Split by two clicks",
    key: "W",
    hint: "Click the middle of each of the two cells that are one.",
    group: "split",
  },
  {
    id: "split",
    label: "Split by a line",
    key: "Shift+S",
    hint: "Drag a line across a cell to cut it.",
    group: "split",
  },
  {
    id: "merge",
    label: "Merge",
    key: "R",
    hint: "Drag from one cell to another, or click what belongs to the selected cell.",
    group: "labels",
  },
  {
    id: "replace",
    label: "Replace a label",
    key: "Shift+R",
    hint: "Click a cell to give it the label of the selected one.",
    group: "labels",
  },
  {
    id: "swap_labels",
    label: "Swap labels",
    key: "Shift+X",
    hint: "Click a cell to exchange its label with that of the selected one.",
    group: "labels",
  },
  {
    id: "delete_box",
    label: "Delete in a box",
    key: "Shift+D",
    hint: "Drag a box; cells that lie mostly in it are deleted.",
    group: "labels",
  },
  {
    id: "delete_lasso",
    label: "Delete in a lasso",
    key: "Shift+L",
    hint: "Drag round cells; those that lie mostly inside are deleted.",
    group: "labels",
  },
  {
    id: "type",
    label: "Cell type",
    key: "Shift+T",
    hint: "Click cells to give them the chosen type; again takes it away.",
    group: "labels",
  },
  {
    id: "note",
    label: "Note",
    key: "Shift+V",
    hint: "Click a cell or a place to pin a note; click a note to change it, drag it to move it.",
    group: "marks",
  },
  {
    id: "daughter",
    label: "Daughter of a division",
    key: "Shift+Y",
    hint: "Select the parent, go to the frame of its daughters and click each of them.",
    group: "marks",
  },
  {
    id: "ignore_box",
    label: "Ignore a box",
    key: ";",
    hint: "Drag a box that training shall ignore; click one to choose it, then delete it.",
    group: "marks",
  },
  {
    id: "ignore_lasso",
    label: "Ignore a region",
    key: "Shift+A",
    hint: "Drag round a region that training shall ignore; click one to choose it.",
    group: "marks",
  },
] as const satisfies readonly ToolInfo[];

export type ToolId = (typeof TOOLS)[number]["id"];

const BY_ID = new Map<string, ToolInfo>(TOOLS.map((tool) => [tool.id, tool]));

/** What there is to know of a tool. */
export function toolInfo(id: ToolId): ToolInfo {
  return BY_ID.get(id) as ToolInfo;
}
