/** What the tools show and remember beside the labels: drafts, options, what is under way. */
import type { Compartment, Pixel, PixelWindow, Point } from "../model";

/** A shape in progress, in image space: the user interface draws it over the canvas. */
export type Draft =
  | { readonly kind: "path"; readonly points: readonly Point[]; readonly closes: boolean }
  | { readonly kind: "box"; readonly window: PixelWindow }
  | { readonly kind: "marks"; readonly pixels: readonly Pixel[] }
  | { readonly kind: "area"; readonly spans: readonly Span[]; readonly window: PixelWindow | null };

/** Pixels of a row from `start` up to `end`. */
export type Span = readonly [row: number, start: number, end: number];

/** A note that is being written; `id` is null for a new one. */
export interface NoteDraft {
  readonly id: string | null;
  readonly compartment: Compartment;
  readonly label: number;
  readonly frame: number;
  readonly row: number;
  readonly column: number;
  readonly text: string;
}

/** A box that the predictor is working on. */
export interface PendingPrediction {
  readonly id: number;
  readonly compartment: Compartment;
  readonly frame: number;
  readonly window: PixelWindow;
}

/** Frames that replace, swap, merge, delete and the new name of a label reach. */
export type FrameScope = "one" | "past" | "future" | "all";

export interface ToolOptions {
  /** The eraser touches only the label that the stroke starts on, in every write mode. */
  readonly eraseOnlyStart: boolean;
  /** Encircle, polygon, threshold and wand make a new cell unless they start on the selected one. */
  readonly newPerShape: boolean;
  /** Share of the contrast range by which the wand lets intensities differ, 0 .. 1. */
  readonly wandTolerance: number;
  readonly wandReachPx: number;
  readonly smoothRadiusPx: number;
  readonly expandPx: number;
  /** The channel that the tools of the image read; null for the one of the compartment. */
  readonly imageChannel: number | null;
  readonly frameScope: FrameScope;
}

export const DEFAULT_TOOL_OPTIONS: ToolOptions = {
  eraseOnlyStart: false,
  newPerShape: true,
  wandTolerance: 0.1,
  wandReachPx: 150,
  smoothRadiusPx: 2,
  expandPx: 5,
  imageChannel: null,
  frameScope: "one",
};

/** The part of the editor's state that belongs to the tools. */
export interface WorkState {
  readonly options: ToolOptions;
  readonly draft: Draft | null;
  /** The tool whose result is being computed; the editor stays usable meanwhile. */
  readonly busy: string | null;
  /** Why the last tool or command changed nothing, in words; null when it did. */
  readonly notice: string | null;
  /** Labels that are not drawn. */
  readonly hidden: ReadonlySet<number>;
  /** The type that the tool for types gives; null takes types away. */
  readonly activeType: string | null;
  readonly noteDraft: NoteDraft | null;
  /** The region chosen with the tools for regions. */
  readonly selectedRegion: string | null;
  readonly predictions: readonly PendingPrediction[];
}

export const FIRST_WORK_STATE: WorkState = {
  options: DEFAULT_TOOL_OPTIONS,
  draft: null,
  busy: null,
  notice: null,
  hidden: new Set(),
  activeType: null,
  noteDraft: null,
  selectedRegion: null,
  predictions: [],
};
