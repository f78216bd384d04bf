/** Label images, diffs, history and the small numerics of the editor: pure, without a browser. */
export { fromBase64, toBase64 } from "./base64";
export { type SpanVisitor, type Stroke, visitStroke } from "./brush";
export {
  CHECK_THRESHOLDS,
  type CheckFinding,
  type CheckInput,
  type CheckRule,
  type CheckThresholds,
  checkLabels,
} from "./checks/check-labels";
export { LabelColoring } from "./coloring";
export { COLORMAPS, type ColormapName, colormapColor, colormapStops } from "./colormap";
export { COMPARTMENTS, type Compartment } from "./compartments";
export { composeDiffs } from "./compose";
export { autoContrast, type Histogram, histogramOf, valueRange } from "./contrast";
export { crc32 } from "./crc32";
export {
  alertsOf,
  type Division,
  type DivisionAlert,
  type DivisionRule,
} from "./divisions";
export { LabelDocument, type PlacedPatch } from "./document";
export {
  DivergingDiff,
  DivergingMarks,
  GestureError,
  InvalidArray,
  InvalidDiff,
  InvalidLabels,
  InvalidMarks,
  ModelError,
} from "./errors";
export { type Fill, Gesture, PlaneWriter } from "./gesture";
export {
  type Change,
  History,
  type LoggedChange,
  REDO,
  reverseChange,
  type Step,
  UNDO,
} from "./history";
export { type Instance, InstanceIndex } from "./instances";
export {
  applyDiff,
  changedPixels,
  diffLabels,
  type LabelDiff,
  type PlaneName,
  reverseDiff,
  visitSegments,
} from "./label-diff";
export { decodeDiff, editChecksum, encodeDiff } from "./label-diff-codec";
export {
  type LabelImage,
  type LabelSet,
  labelImage,
  labelsChecksum,
  planeOf,
  type StackShape,
} from "./labels";
export { MarkBook, type MarksView, type Note, type Region } from "./mark-book";
export {
  applyMarks,
  checkMark,
  type DivisionMark,
  divisionKey,
  type IgnoreMark,
  isMarkable,
  isNoteText,
  isSameMark,
  type LabelMarkKind,
  labelKey,
  MAX_CORNERS,
  MAX_DAUGHTERS,
  MAX_NOTE_LETTERS,
  type MarkChange,
  type MarkName,
  type MarkValue,
  marksText,
  type NoteMark,
  parseKey,
  parseMarks,
  readMarks,
  reverseMarks,
} from "./marks";
export { type ChannelData, type NpyArray, parseNpy } from "./npy";
export {
  OPERATIONS,
  type OperationArgs,
  type OperationJob,
  type OperationName,
  runOperation,
} from "./operations";
export { autofitMargin } from "./operations/active-contour";
export { visitPath } from "./operations/line-split";
export {
  cropLabels,
  cropRaster,
  type LabelPlane,
  type Mask,
  type OperationPatch,
  type Patch,
  patched,
  type Raster,
  type SpanPatch,
  shiftPatch,
  visitSpans,
  type WriteMode,
} from "./operations/plane";
export { boxMask, polygonMask } from "./operations/polygon";
export { channelColor, PALETTES, type PaletteName, type Rgb } from "./palette";
export { centreOf, isInside, type Pixel, type Point, pixelAt } from "./points";
export { type Renaming, renamedMarks, vanishedMarks } from "./renaming";
export {
  grownWindow,
  intersectionOf,
  type PixelWindow,
  type PlaneShape,
  unionOf,
  wholeWindow,
} from "./windows";
