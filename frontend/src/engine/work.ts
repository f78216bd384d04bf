/** What the tools show and remember beside the labels: drafts, options, what is under way. */
import type { Pixel, PixelWindow, Point } from "../model";

/** A shape in progress, in image space: the user interface draws it over the canvas. */
export type Draft =
  | { readonly kind: "path"; readonly points: readonly Point[]; readonly closes: boolean }
  | { readonly kind: "box"; readonly window: PixelWindow }
  | { readonly kind: "marks"; readonly pixels: readonly Pixel[] };

/** Frames that replace, swap and delete reach. */
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
  /** Labels that were accepted as they are. */
  readonly checked: ReadonlySet<number>;
  /** Labels that are not drawn. */
  readonly hidden: ReadonlySet<number>;
}

export const FIRST_WORK_STATE: WorkState = {
  options: DEFAULT_TOOL_OPTIONS,
  draft: null,
  busy: null,
  notice: null,
  checked: new Set(),
  hidden: new Set(),
};
