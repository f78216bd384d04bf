/** What the tools that drag a box or a line do with it. */
import {
  boxMask,
  intersectionOf,
  type Mask,
  type Pixel,
  type PixelWindow,
  type Point,
  pixelAt,
  polygonMask,
  unionOf,
  visitPath,
} from "../../model";
import type { ToolPointer } from "../chart";
import { NO_IMAGE, NOTICES } from "../notices";
import type { OperationRequest } from "../operator";
import { imagePart, maskIn, pixelIn, wholePlane, windowOf } from "../requests";
import type { ToolContext } from "./context";
import { showPreview } from "./preview";
import { targetOf } from "./target";

export function thresholdIn(context: ToolContext, box: PixelWindow, { point }: ToolPointer): void {
  if (context.image() === null) {
    context.say(NO_IMAGE);
    return;
  }
  const label = targetOf(context, point);
  const request = thresholdRequest(context, box, label);
  if (request !== null) {
    context.operator.run("threshold", request, () => context.select(label));
  }
}

/** A label that no plane holds: it shows every pixel that would change. */
const PREVIEW_LABEL = 0xffffffff;

export function previewThreshold(context: ToolContext, box: PixelWindow): void {
  const request = thresholdRequest(context, box, context.snapshot.selected || PREVIEW_LABEL);
  if (request === null) {
    context.draw({ kind: "box", window: box });
  } else {
    showPreview(context, request, box);
  }
}

function thresholdRequest(
  context: ToolContext,
  box: PixelWindow,
  label: number,
): OperationRequest<"threshold"> | null {
  const image = context.image();
  const args = image && {
    label,
    mode: context.snapshot.writeMode,
    image: imagePart(image.raster, box),
    box: { ...box, row: 0, col: 0 },
  };
  return args && { op: "threshold", plane: context.plane, window: box, args };
}

export function deleteInBox(context: ToolContext, box: PixelWindow): void {
  deleteRegion(context, "delete_box", boxMask(box));
}

export function deleteInLasso(context: ToolContext, points: readonly Point[]): void {
  const mask = polygonMask(points, context.document.shape);
  if (mask === null) {
    context.say(NOTICES.delete_in);
  } else {
    deleteRegion(context, "delete_lasso", mask);
  }
}

/** The operation sees every label that the region touches as a whole. */
function deleteRegion(context: ToolContext, tool: string, region: Mask): void {
  let window: PixelWindow = region.window;
  for (const label of labelsUnder(context, region)) {
    window = unionOf(window, windowOf(context, label)) ?? window;
  }
  const args = { region: maskIn(region, window) };
  context.operator.run(tool, { op: "delete_in", plane: context.plane, window, args });
}

function labelsUnder(context: ToolContext, { window, data }: Mask): Set<number> {
  const labels = context.document.plane(context.plane);
  const { nCols } = context.document.shape;
  const found = new Set<number>();
  let last = 0;
  for (let i = 0, row = window.row; row < window.row + window.height; row++) {
    for (let col = window.col; col < window.col + window.width; col++, i++) {
      const label = data[i] === 0 ? 0 : labels[row * nCols + col];
      if (label !== last && label !== 0) {
        found.add(label);
      }
      last = label;
    }
  }
  return found;
}

/** Cuts the selected label if the line crosses it, else the one that it crosses most. */
export function splitAlong(context: ToolContext, points: readonly Point[]): void {
  const corners = points.map(pixelAt);
  const label = labelAlong(context, corners);
  const window = windowOf(context, label);
  if (window === null) {
    context.say(NOTICES.split_line);
    return;
  }
  const args = {
    label,
    newLabel: context.document.nextLabel(),
    path: corners.map((pixel) => pixelIn(pixel, window)),
  };
  const request = { op: "split_line" as const, plane: context.plane, window, args };
  context.operator.run("split", request, () => context.select(label));
}

function labelAlong(context: ToolContext, corners: readonly Pixel[]): number {
  const lengths = new Map<number, number>();
  const image = wholePlane(context);
  visitPath(corners, (pixel) => {
    if (intersectionOf({ ...pixel, height: 1, width: 1 }, image) !== null) {
      const label = context.document.labelAt(context.plane, pixel);
      lengths.set(label, (lengths.get(label) ?? 0) + 1);
    }
  });
  lengths.delete(0);
  const { selected } = context.snapshot;
  if (lengths.has(selected)) {
    return selected;
  }
  const [longest] = [...lengths].sort((a, b) => b[1] - a[1]);
  return longest?.[0] ?? 0;
}
