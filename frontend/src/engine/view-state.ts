/** How the crop is shown: camera, channels, colours of labels. */
import type { ColormapName, Rgb } from "../model";

export interface ChannelView {
  readonly name: string;
  readonly role: string;
  readonly loaded: boolean;
  readonly visible: boolean;
  readonly color: Rgb;
  /** Intensities shown black and full. */
  readonly contrast: readonly [number, number];
  readonly gamma: number;
  readonly inverted: boolean;
  /** `color` runs from black to the colour of the channel; the others are scales of their own. */
  readonly lut: ChannelLut;
}

export type ChannelLut = "color" | ColormapName;

export type ChannelSettings = Partial<
  Pick<ChannelView, "visible" | "color" | "contrast" | "gamma" | "inverted" | "lut">
>;

export interface ViewSettings {
  /** 0 .. 1 */
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
  /** Width of outlines in CSS pixels, the same at every zoom; 0 for none. */
  readonly outlineWidthPx: number;
  readonly showLabels: boolean;
  readonly onlySelected: boolean;
  readonly palette: "vivid" | "safe";
  readonly background: Rgb;
  /** `grayscale` shows one channel, `channel`, in white. */
  readonly mode: "composite" | "grayscale";
  /** The channel of the grayscale mode, and the one shown alone while its key is held. */
  readonly channel: number;
  /** Shows nothing but this channel, in its colour; null for all that are visible. */
  readonly soloChannel: number | null;
  /** `value` are those of `setLabelValues`. */
  readonly colorBy: ColorBy;
  readonly colormap: ColormapName;
  /** Outlines of the other compartment, over what is shown of this one. */
  readonly showOther: boolean;
}

export type ColorBy = "label" | "compartment" | "area" | "value" | "type" | "confidence";

export interface Minimap {
  readonly width: number;
  readonly height: number;
  /** Row by row, as `ImageData` takes it. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A rectangle in image pixels, not rounded. */
export interface ImageRect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** `zoom` is CSS pixels per image pixel; (left, top) is the image point in the canvas' corner. */
export interface Camera {
  readonly zoom: number;
  readonly left: number;
  readonly top: number;
}

export interface Viewport {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
}

export type RendererKind = "webgl2" | "canvas2d";
