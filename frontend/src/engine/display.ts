/** How the crop is shown: camera, channels, label styles, hover. Changes of them draw anew. */
import {
  autoContrast,
  type ChannelData,
  grownWindow,
  type LabelDiff,
  type LabelDocument,
  type PixelWindow,
  type PlaneName,
  type Point,
  pixelAt,
  type Raster,
  wholeWindow,
} from "../model";
import {
  atActualSize,
  centredOn,
  fitted,
  kept,
  leastZoom,
  showing,
  toImage,
  zoomedAt,
} from "./camera";
import type { AttachOptions } from "./editor-api";
import type { EditorOptions } from "./editor-options";
import { HoverFollower } from "./hover";
import { FIRST_VIEWPORT } from "./initial-state";
import type { ScreenPoint } from "./inputs";
import { LabelLook } from "./label-look";
import { labelsOf } from "./mark-follow";
import { makeMinimap, visibleRect } from "./minimap";
import type { Scheduler } from "./ports";
import { LabelStyles } from "./render/label-styles";
import { SceneSource } from "./render/scene-source";
import { Stage } from "./render/stage";
import type { EditorSnapshot } from "./snapshot";
import type { Store } from "./store";
import type {
  Camera,
  ChannelSettings,
  ChannelView,
  ImageRect,
  Minimap,
  Viewport,
  ViewSettings,
} from "./view-state";

/** Labels within this many pixels of a new one get other colours than it. */
const COLOR_REACH_PX = 12;

export class Display {
  readonly styles = new LabelStyles();
  private readonly look: LabelLook;
  private readonly store: Store<EditorSnapshot>;
  private readonly document: LabelDocument;
  private readonly stage: Stage;
  private readonly hover: HoverFollower;
  private readonly channelData: (ChannelData | null)[];
  /** Channels whose contrast was chosen before their intensities came. */
  private readonly chosenContrast = new Set<number>();
  private isFitted = false;

  constructor(
    store: Store<EditorSnapshot>,
    document: LabelDocument,
    { image, confidences = {} }: Pick<EditorOptions, "image" | "confidences">,
    scheduler: Scheduler,
  ) {
    this.look = new LabelLook(this.styles, document, store.getSnapshot, confidences);
    this.store = store;
    this.document = document;
    this.channelData = image.channels.map(({ data }) => data);
    this.stage = new Stage({
      scheduler,
      source: new SceneSource(document, this.styles, (index) => this.channelData[index] ?? null),
      snapshot: store.getSnapshot,
      imageSize: Math.max(image.nRows, image.nCols),
      viewport: FIRST_VIEWPORT,
    });
    this.hover = new HoverFollower({
      store,
      document,
      stage: this.stage,
      styles: this.styles,
      channels: this.channelData,
    });
    this.learnPlane();
  }

  attach(canvas: HTMLCanvasElement, options: AttachOptions): () => void {
    this.stage.attach(canvas, options);
    this.store.update({ renderer: this.stage.rendererKind });
    if (!this.isFitted) {
      this.isFitted = true;
      this.fit();
    }
    return () => this.detach();
  }

  detach(): void {
    this.stage.detach();
    this.store.update({ renderer: null });
  }

  /** The middle of the view stays where it is. */
  resize(viewport: Viewport): void {
    const { camera } = this.store.getSnapshot();
    const before = this.stage.viewport;
    const middle = toImage(camera, { x: before.width / 2, y: before.height / 2 });
    this.stage.resize(viewport);
    this.setCamera(centredOn(middle, camera.zoom, viewport));
    this.stage.drawNow();
  }

  setCamera(camera: Camera): void {
    const next = kept(camera, this.document.shape, this.stage.viewport);
    const before = this.store.getSnapshot().camera;
    if (next.zoom !== before.zoom || next.left !== before.left || next.top !== before.top) {
      this.store.update({ camera: next });
      this.stage.refresh();
      this.hover.refresh();
    }
  }

  zoomAt(at: ScreenPoint, factor: number): void {
    this.setCamera(zoomedAt(this.store.getSnapshot().camera, at, factor, this.minZoom()));
  }

  zoomBy(factor: number): void {
    const { width, height } = this.stage.viewport;
    this.zoomAt({ x: width / 2, y: height / 2 }, factor);
  }

  fit(): void {
    this.setCamera(fitted(this.document.shape, this.stage.viewport));
  }

  actualSize(): void {
    this.setCamera(atActualSize(this.store.getSnapshot().camera, this.stage.viewport));
  }

  /** Moves the view only when the window is not in it. */
  show(window: PixelWindow): void {
    this.setCamera(showing(this.store.getSnapshot().camera, window, this.stage.viewport));
  }

  minZoom(): number {
    return leastZoom(this.document.shape, this.stage.viewport);
  }

  loadChannel(index: number, data: ChannelData): void {
    this.channelData[index] = data;
    const contrast = this.chosenContrast.has(index) ? {} : { contrast: autoContrast(data) };
    this.changeChannel(index, { loaded: true, ...contrast });
    this.hover.refresh();
  }

  /** Intensities of one frame of a channel; null while it is not loaded. */
  raster(index: number, frame: number): Raster | null {
    const data = this.channelData[index] ?? null;
    const { nRows, nCols } = this.document.shape;
    const size = nRows * nCols;
    const plane = data?.subarray(frame * size, (frame + 1) * size) ?? null;
    return plane === null ? null : { nRows, nCols, data: plane };
  }

  setChannel(index: number, settings: ChannelSettings): void {
    if (settings.contrast !== undefined) {
      this.chosenContrast.add(index);
    }
    this.changeChannel(index, settings);
  }

  autoContrast(index: number): void {
    const data = this.channelData[index];
    if (data) {
      this.changeChannel(index, { contrast: autoContrast(data) });
    }
  }

  setView(settings: Partial<ViewSettings>): void {
    const { view } = this.store.getSnapshot();
    if (settings.palette !== undefined && settings.palette !== view.palette) {
      const plane = this.document.plane(this.plane());
      this.styles.setPalette(settings.palette, plane, this.document.shape);
    }
    this.store.update({ view: { ...view, ...settings } });
    if (settings.showOther === true) {
      this.learnPlane();
    }
    if (settings.colorBy !== undefined || settings.colormap !== undefined) {
      this.recolor();
    }
    this.stage.refresh();
  }

  setHidden(labels: Iterable<number>): void {
    this.look.setHidden(labels);
    this.stage.refresh();
  }

  /** Types or checks of the shown compartment changed. */
  marksChanged(): void {
    this.look.marksChanged();
    this.stage.refresh();
  }

  setLabelValues(values: ReadonlyMap<number, number> | null): void {
    this.look.setValues(values);
    this.recolor();
    this.stage.refresh();
  }

  minimap(longestSidePx: number): Minimap {
    return makeMinimap(this.stage.scene(), longestSidePx);
  }

  visibleRect(): ImageRect {
    return visibleRect(this.store.getSnapshot().camera, this.stage.viewport);
  }

  showSolo(isSolo: boolean): void {
    this.stage.showSolo(isSolo);
  }

  hideLabels(isHiding: boolean): void {
    this.stage.hideLabels(isHiding);
    this.store.update({ isHidingLabels: isHiding });
  }

  /** Another plane is shown. */
  planeChanged(): void {
    this.learnPlane();
    this.recolor();
    this.look.marksChanged();
    this.stage.refresh();
    this.hover.refresh();
  }

  /** Pixels of the shown plane changed. */
  labelsChanged(window: PixelWindow): void {
    this.stage.labelsChanged(window);
    this.hover.refresh();
  }

  /** Pixels of the other compartment changed in the frame that is shown. */
  otherChanged(window: PixelWindow): void {
    if (this.store.getSnapshot().view.showOther) {
      this.stage.otherChanged(window);
    }
  }

  /** New labels may have come with a diff; they need colours before they are drawn. */
  learnDiff(diff: LabelDiff): void {
    const { shape } = this.document;
    const labels = labelsOf(diff);
    if (this.styles.hasNew(labels)) {
      const window = grownWindow(diff.window, COLOR_REACH_PX, shape) ?? wholeWindow(shape);
      this.styles.learn(this.document.plane(diff), shape, window);
    }
    if (this.store.getSnapshot().view.colorBy === "area") {
      this.styles.repaint(labels);
    }
  }

  /** A label is about to be drawn at a place where it was not before. */
  introduce(label: number, near: Point): void {
    const { shape } = this.document;
    const pixel = { ...pixelAt(near), height: 1, width: 1 };
    const window = grownWindow(pixel, 2 * COLOR_REACH_PX, shape) ?? wholeWindow(shape);
    this.styles.introduce(label, this.document.plane(this.plane()), shape, window);
  }

  highlight(label: number): void {
    const index = this.document.index(this.plane());
    this.stage.refreshWindow(index.looseWindow(this.styles.selected));
    this.styles.select(label);
    this.stage.refreshWindow(index.looseWindow(label));
    if (this.store.getSnapshot().view.onlySelected) {
      this.stage.refresh();
    }
  }

  /** Follows the pointer, for the brush ring and for what is under it; null when it left. */
  pointAt(place: ScreenPoint | null): void {
    this.hover.pointAt(place);
  }

  /** The tool or its radius changed: the ring and the highlight may have to go or to come. */
  toolChanged(): void {
    this.hover.toolChanged();
  }

  private changeChannel(index: number, settings: Partial<ChannelView>): void {
    const channels = this.store
      .getSnapshot()
      .channels.map((channel, i) => (i === index ? { ...channel, ...settings } : channel));
    this.store.update({ channels });
    this.stage.refresh();
  }

  private recolor(): void {
    this.look.recolor();
  }

  private learnPlane(): void {
    const { shape } = this.document;
    this.styles.learn(this.document.plane(this.plane()), shape, wholeWindow(shape));
    const other = this.stage.scene().other;
    if (other !== null) {
      this.styles.learn(other.labels, shape, wholeWindow(shape));
    }
  }

  private plane(): PlaneName {
    const { compartment, frame } = this.store.getSnapshot();
    return { compartment, frame };
  }
}
