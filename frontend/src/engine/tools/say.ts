/** Tools that say something of a cell or a place: its type, a note, a daughter, a region to ignore. */
import {
  isInside,
  isMarkable,
  MAX_CORNERS,
  type Note,
  type Pixel,
  type PixelWindow,
  type Point,
  pixelAt,
  type Region,
} from "../../model";
import { addDaughter, divisionOf, removeDaughter } from "../actions-divisions";
import { markLabel, moveNote, rounded } from "../actions-marks";
import { toScreen } from "../camera";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ToolContext } from "./context";

/** Gives the label the active type; one that has it already loses it. */
export function typeAt(context: ToolContext, _pixel: Pixel, { point }: ToolPointer): void {
  const label = context.labelAt(point);
  const { activeType } = context.snapshot.work;
  const isSame = context.snapshot.marks.types.get(label) === activeType;
  context.select(label);
  if (label !== 0) {
    markLabel(context, "type", label, isSame ? null : activeType);
  }
}

/** With no label selected, or on background, the click chooses the parent. */
export function daughterAt(context: ToolContext, _pixel: Pixel, { point }: ToolPointer): void {
  const label = context.labelAt(point);
  const parent = context.snapshot.selected;
  if (parent === 0 || label === 0) {
    context.select(label);
    return;
  }
  const division = divisionOf(context, parent);
  const isHere = division?.frame === context.plane.frame;
  if (isHere && division?.daughters.includes(label)) {
    removeDaughter(context, division, label);
  } else {
    addDaughter(context, parent, label);
  }
}

/** Pins nearer than this many CSS pixels are meant by a click. */
const PIN_PX = 10;
const CLICK_SLOP_PX = 4;

type NoteState = "idle" | "pressed" | "dragging";

export function noteTool(context: ToolContext): Tool {
  let held: Note | null = null;
  let start: ToolPointer | null = null;

  const placed = ({ point }: ToolPointer, note: Note): Note => {
    const { row, col } = pixelAt(point);
    const isIn = isInside({ row, col }, context.document.shape);
    return isIn ? { ...note, label: pinned(context, point), row, column: col } : note;
  };
  const chart: Chart<NoteState> = {
    id: "note",
    initial: "idle",
    states: {
      idle: {
        down: (pointer) => {
          const isIn = isInside(pixelAt(pointer.point), context.document.shape);
          held = noteNear(context, pointer);
          start = pointer;
          return context.snapshot.editable && (isIn || held !== null) ? "pressed" : undefined;
        },
      },
      pressed: {
        move: ({ screen }) => {
          const from = start?.screen ?? screen;
          const isFar = Math.hypot(screen.x - from.x, screen.y - from.y) >= CLICK_SLOP_PX;
          return isFar && held !== null ? "dragging" : undefined;
        },
        up: ({ point }) => {
          const place = start?.point ?? point;
          const { row, col } = pixelAt(place);
          const label = pinned(context, place);
          const fresh = { id: null, ...context.plane, label, row, column: col, text: "" };
          context.writeNote(held ?? fresh);
          return "idle";
        },
      },
      dragging: {
        move: ({ point }) => {
          context.draw({ kind: "marks", pixels: [pixelAt(point)] });
          return undefined;
        },
        up: (pointer) => {
          context.draw(null);
          if (held !== null) {
            moveNote(context, held.id, placed(pointer, held));
          }
          return "idle";
        },
      },
    },
    abort: () => context.draw(null),
  };
  return runChart(chart);
}

function pinned(context: ToolContext, point: Point): number {
  const label = context.labelAt(point);
  return isMarkable(label) ? label : 0;
}

function noteNear(context: ToolContext, { screen }: ToolPointer): Note | null {
  const { camera, frame, marks } = context.snapshot;
  const away = ({ row, column }: Note) => {
    const at = toScreen(camera, { x: column + 0.5, y: row + 0.5 });
    return Math.hypot(at.x - screen.x, at.y - screen.y);
  };
  const near = marks.notes.filter((note) => note.frame === frame && away(note) < PIN_PX);
  return near.sort((a, b) => away(a) - away(b))[0] ?? null;
}

/** A box that training ignores; one of less than two pixels a side is a click. */
export function ignoreBox(context: ToolContext, box: PixelWindow, start: ToolPointer): void {
  const { row, col, height, width } = box;
  const [y, x] = [row + height, col + width];
  ignore(context, Math.max(height, width) > 2, start.point, [
    { x: col, y: row },
    { x, y: row },
    { x, y },
    { x: col, y },
  ]);
}

export function ignoreLasso(context: ToolContext, points: readonly Point[]): void {
  const reach = points.map(({ x, y }) => Math.hypot(x - points[0].x, y - points[0].y));
  ignore(context, points.length > 2 && Math.max(...reach) > 2, points[0], points);
}

/** A new region; or, at a click, the region that lies there is chosen. */
function ignore(
  context: ToolContext,
  isRegion: boolean,
  start: Point,
  points: readonly Point[],
): void {
  if (!isRegion) {
    context.chooseRegion(regionAt(context, start)?.id ?? null);
    return;
  }
  const { nRows, nCols } = context.document.shape;
  const kept = (value: number, most: number) => rounded(Math.min(most, Math.max(0, value)));
  const step = Math.ceil(points.length / MAX_CORNERS);
  const corners = points
    .filter((_, i) => i % step === 0)
    .map(({ x, y }) => [kept(y, nRows), kept(x, nCols)] as const);
  const id = context.newId();
  context.mark("ignore", [[`ignore/${id}`, { frame: context.plane.frame, points: corners }]]);
  context.chooseRegion(id);
}

function regionAt(context: ToolContext, point: Point): Region | undefined {
  const { frame, marks } = context.snapshot;
  return marks.regions.findLast((region) => region.frame === frame && holds(region, point));
}

/** Whether the outline goes round a place at least once in sum. */
function holds({ points }: Region, { x, y }: Point): boolean {
  let winding = 0;
  points.forEach(([y1, x1], i) => {
    const [y2, x2] = points[(i + 1) % points.length];
    if (y1 <= y !== y2 <= y && x1 + ((y - y1) / (y2 - y1)) * (x2 - x1) <= x) {
      winding += y1 <= y ? 1 : -1;
    }
  });
  return winding !== 0;
}
