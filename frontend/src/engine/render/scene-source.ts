/** Builds scenes from the state of the editor. Parts that did not change keep their identity. */
import {
  type ChannelData,
  COMPARTMENTS,
  type LabelDocument,
  PALETTES,
  type PlaneName,
} from "../../model";
import { shownChannels } from "../shown-channels";
import type { EditorSnapshot } from "../snapshot";
import type { Camera, ChannelView, Viewport } from "../view-state";
import type { LabelStyles } from "./label-styles";
import { MARGIN_PX } from "./sampling";
import type { OtherLabels, Ring, Scene, SceneChannel } from "./scene";

interface HeldChannel {
  readonly view: ChannelView;
  readonly data: ChannelData;
  readonly frame: number;
  readonly channel: SceneChannel;
}

export interface SceneInputs {
  readonly snapshot: EditorSnapshot;
  readonly viewport: Viewport;
  /** Labels are hidden while a key is held. */
  readonly isHidingLabels: boolean;
  /** One channel is shown alone while a key is held. */
  readonly isSolo: boolean;
  /** Places in CSS pixels. */
  readonly ring: Ring | null;
}

export class SceneSource {
  readonly styles: LabelStyles;
  private readonly document: LabelDocument;
  private readonly channelData: (index: number) => ChannelData | null;
  private held: (HeldChannel | undefined)[] = [];
  private camera: { readonly of: Camera; readonly ratio: number; readonly device: Camera } | null =
    null;

  constructor(
    document: LabelDocument,
    styles: LabelStyles,
    channelData: (index: number) => ChannelData | null,
  ) {
    this.document = document;
    this.styles = styles;
    this.channelData = channelData;
  }

  build({ snapshot, viewport, isHidingLabels, isSolo, ring }: SceneInputs): Scene {
    const { pixelRatio } = viewport;
    const { view } = snapshot;
    const plane = { compartment: snapshot.compartment, frame: snapshot.frame };
    return {
      shape: this.document.shape,
      camera: this.deviceCamera(snapshot.camera, pixelRatio),
      width: devicePixels(viewport.width, pixelRatio),
      height: devicePixels(viewport.height, pixelRatio),
      channels: this.channels(snapshot, isSolo),
      labels: this.document.plane(plane),
      other: view.showOther ? this.other(plane) : null,
      styles: this.styles,
      view: isHidingLabels ? { ...view, showLabels: false } : view,
      outlinePx: outlineWidth(view.outlineWidthPx, pixelRatio),
      ring: ring === null ? null : scaledRing(ring, pixelRatio),
    };
  }

  private other({ compartment, frame }: PlaneName): OtherLabels | null {
    const name = this.document.compartments.find((candidate) => candidate !== compartment);
    return name === undefined
      ? null
      : {
          labels: this.document.plane({ compartment: name, frame }),
          color: PALETTES.safe[COMPARTMENTS.indexOf(name)],
        };
  }

  private deviceCamera(camera: Camera, ratio: number): Camera {
    if (this.camera?.of !== camera || this.camera.ratio !== ratio) {
      this.camera = { of: camera, ratio, device: { ...camera, zoom: camera.zoom * ratio } };
    }
    return this.camera.device;
  }

  private channels(snapshot: EditorSnapshot, isSolo: boolean): SceneChannel[] {
    return shownChannels(snapshot, isSolo).flatMap(({ index, view }) => {
      const data = this.channelData(index);
      return data === null ? [] : [this.channel(index, view, data, snapshot.frame)];
    });
  }

  private channel(index: number, view: ChannelView, data: ChannelData, frame: number) {
    const before = this.held[index];
    const isSameData = before?.data === data && before.frame === frame;
    if (before !== undefined && isSameData && before.view === view) {
      return before.channel;
    }
    const size = this.document.shape.nRows * this.document.shape.nCols;
    const plane = isSameData
      ? before.channel.data
      : data.subarray(frame * size, (frame + 1) * size);
    const { color, contrast, gamma, inverted, lut } = view;
    const channel = { data: plane, color, contrast, gamma, inverted, lut };
    this.held[index] = { view, data, frame, channel };
    return channel;
  }
}

/** Device pixels of a length in CSS pixels; at least one. */
export function devicePixels(length: number, ratio: number): number {
  return Math.max(1, Math.round(length * ratio));
}

function outlineWidth(widthPx: number, ratio: number): number {
  return widthPx > 0 ? Math.min(MARGIN_PX, devicePixels(widthPx, ratio)) : 0;
}

function scaledRing(ring: Ring, ratio: number): Ring {
  return { x: ring.x * ratio, y: ring.y * ratio, radius: ring.radius * ratio };
}
