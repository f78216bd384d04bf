/** The steps of the practice and how well each is done, judged by the true labels. */
import type { EditorSnapshot } from "../../../engine";
import { placeOf, ROLES } from "./practice-crop";

export type StepId =
  | "look"
  | "select"
  | "delete"
  | "draw"
  | "split"
  | "merge"
  | "repair"
  | "undo"
  | "accept"
  | "submit";

export interface Step {
  readonly id: StepId;
  /** Where to look, or null. */
  readonly place: { readonly row: number; readonly col: number } | null;
  /** Overlap with the true outline that is enough, or null where there is none to measure. */
  readonly target: number | null;
}

const [FIRST, SECOND] = ROLES.merged;
const [FIRST_PLACE, SECOND_PLACE] = [placeOf(FIRST), placeOf(SECOND)];

export const STEPS: readonly Step[] = [
  { id: "look", place: null, target: null },
  { id: "select", place: null, target: null },
  { id: "delete", place: placeOf(ROLES.spurious), target: null },
  { id: "draw", place: placeOf(ROLES.missing), target: 0.6 },
  {
    id: "split",
    place: {
      row: (FIRST_PLACE.row + SECOND_PLACE.row) / 2,
      col: (FIRST_PLACE.col + SECOND_PLACE.col) / 2,
    },
    target: 0.7,
  },
  { id: "merge", place: placeOf(ROLES.parted), target: 0.9 },
  { id: "repair", place: placeOf(ROLES.halved), target: 0.75 },
  { id: "undo", place: null, target: null },
  { id: "accept", place: null, target: null },
  { id: "submit", place: null, target: null },
];

export interface Progress {
  readonly truth: Uint32Array;
  readonly plane: Uint32Array;
  readonly state: Pick<EditorSnapshot, "selected" | "camera" | "canRedo" | "nChecked">;
  /** Zoom when the practice began. */
  readonly firstZoom: number;
}

/** 0 .. 1: how far a step is, as a share of the true outline where there is one. */
export function progressOf(id: StepId, progress: Progress): number {
  const { truth, plane, state, firstZoom } = progress;
  switch (id) {
    case "look":
      return Math.abs(Math.log(state.camera.zoom / firstZoom)) > 0.2 ? 1 : 0;
    case "select":
      return state.selected > 0 ? 1 : 0;
    case "delete":
      return plane.includes(ROLES.spurious) ? 0 : 1;
    case "draw":
      return overlap(truth, plane, ROLES.missing).iou;
    case "split": {
      const [a, b] = [overlap(truth, plane, FIRST), overlap(truth, plane, SECOND)];
      return a.label === b.label ? 0 : Math.min(a.iou, b.iou);
    }
    case "merge":
      return overlap(truth, plane, ROLES.parted).iou;
    case "repair":
      return overlap(truth, plane, ROLES.halved).iou;
    case "undo":
      return state.canRedo ? 1 : 0;
    case "accept":
      return state.nChecked > 0 ? 1 : 0;
    case "submit":
      return 0;
  }
}

export function isDone({ target }: Step, share: number): boolean {
  return share >= (target ?? 1);
}

interface Overlap {
  /** The label that covers most of the true cell; 0 for none. */
  readonly label: number;
  /** Intersection over union of the two. */
  readonly iou: number;
}

/** How well the best label covers a true cell. */
export function overlap(truth: Uint32Array, plane: Uint32Array, cell: number): Overlap {
  const shared = new Map<number, number>();
  let areaPx = 0;
  truth.forEach((label, at) => {
    if (label !== cell) return;
    areaPx++;
    const other = plane[at] ?? 0;
    if (other > 0) shared.set(other, (shared.get(other) ?? 0) + 1);
  });
  const [label, common] = [...shared].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  const labelArea = label === 0 ? 0 : plane.reduce((sum, at) => sum + (at === label ? 1 : 0), 0);
  return { label, iou: common === 0 ? 0 : common / (areaPx + labelArea - common) };
}

/** A true cell counts as found when a label covers it at least so well. */
const FOUND_IOU = 0.6;

export interface Verdict {
  readonly nCells: number;
  readonly nFound: number;
  /** Mean overlap of all true cells. */
  readonly meanIou: number;
  /** True cells without a label that is good enough. */
  readonly missed: readonly number[];
  /** Labels that are not the best one of any true cell. */
  readonly extra: readonly number[];
}

/** What the true labels say of those of the practice. */
export function verdictOf(truth: Uint32Array, plane: Uint32Array): Verdict {
  const cells = [...new Set(truth)].filter((label) => label > 0).sort((a, b) => a - b);
  const overlaps = cells.map((cell) => ({ cell, ...overlap(truth, plane, cell) }));
  const found = overlaps.filter(({ iou }) => iou >= FOUND_IOU);
  const used = new Set(overlaps.map(({ label }) => label));
  return {
    nCells: cells.length,
    nFound: found.length,
    meanIou: overlaps.reduce((sum, { iou }) => sum + iou, 0) / cells.length,
    missed: overlaps.filter(({ iou }) => iou < FOUND_IOU).map(({ cell }) => cell),
    extra: [...new Set(plane)].filter((label) => label > 0 && !used.has(label)),
  };
}
