/** Why an operation changed nothing, in words. */
import type { OperationName } from "../model";

export const NOTICES: Readonly<Record<OperationName, string>> = {
  flood: "Nothing to flood here. Other cells are flooded in overwrite mode only (P).",
  trim: "This cell is in one piece.",
  fill_holes: "This cell has no holes to fill.",
  grow: "This cell has no room to grow. Other cells give way in overwrite mode only (P).",
  shrink: "This cell is too small to shrink.",
  smooth: "This cell is smooth already, or too small.",
  threshold: "The box holds nothing brighter than its background that may be filled.",
  wand: "Nothing here may be filled. Other cells give way in overwrite mode only (P).",
  watershed: "Click two different places in the same cell.",
  split_line: "The line does not cut a cell in two. Draw it from background to background.",
  autofit: "The fit finds no cell of at least 20 pixels here.",
  replace: "There is nothing to rename.",
  swap: "There is nothing to swap.",
  delete_in: "No cell lies mostly inside.",
  copy: "The cell has no pixel to copy, or no room there.",
  interpolate: "The cell must be drawn in a frame before and in one after this one.",
  expand: "There is no nucleus here, or no room around it.",
  polygon_erase: "The shape holds no pixel of the cell.",
  adopt: "The predictor finds no cell in the box that may be drawn here.",
  polygon: "The shape holds no pixel that may be filled.",
};

export const NO_IMAGE = "The image is still loading.";
export const SELECT_FIRST = "Select a cell first.";
export const STALE = "The labels changed too often meanwhile; try again.";
export const FAILED = "This could not be computed. Try again, or do it in a smaller part.";
