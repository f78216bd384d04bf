/** Every operation by name, so that a worker can be told which one to run. */

import { autofit } from "./active-contour";
import { adopt } from "./adopt";
import { copyLabel } from "./copy";
import { expand } from "./expand";
import { fillHoles, flood, trim } from "./flood";
import { deleteIn, replaceLabel, swapLabels } from "./identity";
import { interpolate } from "./interpolate";
import { splitByLine } from "./line-split";
import { grow, shrink, smooth } from "./morphology";
import type { LabelPlane, Patch, SpanPatch } from "./plane";
import { erasePolygon, paintPolygon } from "./polygon";
import { thresholdBox } from "./threshold";
import { wand } from "./wand";
import { watershedSplit } from "./watershed";

export const OPERATIONS = {
  flood,
  trim,
  fill_holes: fillHoles,
  grow,
  shrink,
  smooth,
  threshold: thresholdBox,
  wand,
  watershed: watershedSplit,
  split_line: splitByLine,
  autofit,
  replace: replaceLabel,
  swap: swapLabels,
  delete_in: deleteIn,
  copy: copyLabel,
  interpolate,
  expand,
  polygon: paintPolygon,
  polygon_erase: erasePolygon,
  adopt,
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type OperationArgs<K extends OperationName> = Parameters<(typeof OPERATIONS)[K]>[1];

/** One operation with all that it needs, as plain data that can be sent to a worker. */
export interface OperationJob<K extends OperationName = OperationName> {
  readonly op: K;
  readonly plane: LabelPlane;
  readonly args: OperationArgs<K>;
}

/** Runs an operation; null when it changes nothing. */
export function runOperation<K extends OperationName>({ op, plane, args }: OperationJob<K>) {
  const run = OPERATIONS[op] as (
    plane: LabelPlane,
    args: OperationArgs<K>,
  ) => Patch | SpanPatch | null;
  return run(plane, args);
}
