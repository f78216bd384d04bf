/** What a renderer draws, in device pixels; the same for both renderers. */
import type { ChannelData, PixelWindow, PlaneShape, Rgb } from "../../model";
import type { Camera, ChannelLut, RendererKind, ViewSettings } from "../view-state";
import type { LabelStyles } from "./label-styles";

export interface SceneChannel {
  /** Intensities of the frame that is shown; the identity tells whether they were uploaded. */
  readonly data: ChannelData;
  readonly color: Rgb;
  readonly contrast: readonly [number, number];
  readonly gamma: number;
  readonly inverted: boolean;
  readonly lut: ChannelLut;
}

/** Outline of the brush, in device pixels of the canvas. */
export interface Ring {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface OtherLabels {
  readonly labels: Uint32Array;
  readonly color: Rgb;
}

export interface Scene {
  readonly shape: PlaneShape;
  /** In device pixels: zoom is device pixels per image pixel. */
  readonly camera: Camera;
  readonly width: number;
  readonly height: number;
  /** The visible channels only. */
  readonly channels: readonly SceneChannel[];
  /** Labels of the plane that is shown; the identity tells whether they were uploaded. */
  readonly labels: Uint32Array;
  /** Labels of the other compartment, whose outlines are drawn over; null for none. */
  readonly other: OtherLabels | null;
  readonly styles: LabelStyles;
  readonly view: ViewSettings;
  readonly outlinePx: number;
  readonly ring: Ring | null;
}

/** Half-open rectangle of device pixels. */
export interface ScreenRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Renderer {
  readonly kind: RendererKind;
  /** Pixels of `labels` in this window changed since the last frame. */
  changed(window: PixelWindow): void;
  /** Pixels of the labels of the other compartment changed. */
  otherChanged(): void;
  /** Draws these parts of the canvas; the others keep what they show. */
  draw(scene: Scene, rects: readonly ScreenRect[]): void;
  dispose(): void;
}

/** A canvas that cannot be drawn on. */
export class RendererError extends Error {
  override name = "RendererError";
}
