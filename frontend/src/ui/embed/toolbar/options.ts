import { TOOLS, type ToolId } from "../../../engine";

export type ToolOption =
  | "size"
  | "write_mode"
  | "context"
  | "erase_only_start"
  | "new_per_shape"
  | "tolerance"
  | "reach"
  | "channel"
  | "expand"
  | "smooth"
  | "frames"
  | "type";

const SHAPE: readonly ToolOption[] = ["write_mode", "new_per_shape"];
const OPTIONS: Partial<Record<ToolId, readonly ToolOption[]>> = {
  select: ["smooth"],
  pan: [],
  brush: ["size", "write_mode", "context"],
  erase: ["size", "erase_only_start"],
  encircle: SHAPE,
  polygon: SHAPE,
  threshold: [...SHAPE, "channel"],
  wand: [...SHAPE, "tolerance", "reach", "channel"],
  expand: ["expand", "write_mode"],
  flood: ["write_mode"],
  merge: ["frames"],
  predict_box: ["write_mode"],
  type: ["type"],
  replace: ["frames"],
  swap_labels: ["frames"],
  delete_box: ["frames"],
  delete_lasso: ["frames"],
};

/** What can be set about a tool. */
export function optionsOf(tool: ToolId): readonly ToolOption[] {
  return OPTIONS[tool] ?? [];
}

/** One line about a tool. */
export function hintOf(tool: ToolId): string {
  return TOOLS.find(({ id }) => id === tool)?.hint ?? "";
}
