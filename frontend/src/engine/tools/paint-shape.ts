/** Fills a drawn outline with a label: encircle and polygon end here. */
import { grownWindow, intersectionOf, type PixelWindow, type Point } from "../../model";
import { pointsIn, wholePlane } from "../requests";
import type { ToolContext } from "./context";
import { targetOf } from "./target";

/** What a shape is for: it belongs to `tool`, and takes pixels away when `erases`. */
export interface Shape {
  readonly tool: string;
  readonly points: readonly Point[];
  readonly erases: boolean;
}

export function paintShape(context: ToolContext, { tool, points, erases }: Shape): void {
  context.draw(null);
  const window = windowAround(context, points);
  if (points.length < 3 || window === null) {
    return;
  }
  if (erases) {
    const label = context.snapshot.selected || context.labelAt(points[0]);
    const { writeMode: mode } = context.snapshot;
    const args = { label, mode, points: pointsIn(points, window) };
    context.operator.run(tool, { op: "polygon_erase", plane: context.plane, window, args });
    return;
  }
  const label = targetOf(context, points[0]);
  const { writeMode: mode } = context.snapshot;
  const args = { label, mode, points: pointsIn(points, window) };
  context.operator.run(tool, { op: "polygon", plane: context.plane, window, args }, () =>
    context.select(label),
  );
}

/** The pixels that an outline may reach. */
export function windowAround(context: ToolContext, points: readonly Point[]): PixelWindow | null {
  if (points.length === 0) {
    return null;
  }
  const xs = points.map(({ x }) => Math.floor(x));
  const ys = points.map(({ y }) => Math.floor(y));
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
  const [row, col] = [least(ys), least(xs)];
  const around = { row, col, height: most(ys) - row + 1, width: most(xs) - col + 1 };
  const { shape } = context.document;
  return intersectionOf(around, wholePlane(context)) === null
    ? null
    : grownWindow(around, 1, shape);
}
