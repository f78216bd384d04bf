/**
 * The stage: knows which parts of the screen are stale and draws them once per frame. Without a
 * canvas it does nothing, so the editor runs in tests as it does in a browser.
 */
import type { PixelWindow } from "../../model";
import type { AttachOptions } from "../editor-api";
import type { ScreenPoint } from "../inputs";
import type { Cancel, Scheduler } from "../ports";
import type { EditorSnapshot } from "../snapshot";
import type { RendererKind, Viewport } from "../view-state";
import { chooseRenderer } from "./choose";
import { DirtyRects } from "./dirty-rects";
import { MARGIN_PX } from "./sampling";
import type { Renderer, Ring, Scene, ScreenRect } from "./scene";
import { devicePixels, type SceneSource } from "./scene-source";

/** A ring reaches this many device pixels beyond its radius. */
const RING_MARGIN_PX = 2;

export interface StageOptions {
  readonly scheduler: Scheduler;
  readonly source: SceneSource;
  readonly snapshot: () => EditorSnapshot;
  readonly imageSize: number;
  readonly viewport: Viewport;
}

export class Stage {
  private readonly options: StageOptions;
  private readonly stale = new DirtyRects();
  private canvas: HTMLCanvasElement | null = null;
  private renderer: Renderer | null = null;
  private pendingFrame: Cancel | null = null;
  private pointer: ScreenPoint | null = null;
  private drawnRing: Ring | null = null;
  private isHidingLabels = false;
  private isSolo = false;
  private currentViewport: Viewport;

  constructor(options: StageOptions) {
    this.options = options;
    this.currentViewport = options.viewport;
  }

  get viewport(): Viewport {
    return this.currentViewport;
  }

  get rendererKind(): RendererKind | null {
    return this.renderer?.kind ?? null;
  }

  attach(canvas: HTMLCanvasElement, options: AttachOptions): void {
    this.detach();
    this.canvas = canvas;
    this.renderer = chooseRenderer(canvas, {
      wish: options.renderer ?? "auto",
      imageSize: this.options.imageSize,
      onRestored: () => this.refresh(),
    });
    this.resize(options);
  }

  detach(): void {
    this.pendingFrame?.();
    this.pendingFrame = null;
    this.renderer?.dispose();
    this.renderer = null;
    this.canvas = null;
  }

  resize({ width, height, pixelRatio }: Viewport): void {
    this.currentViewport = { width, height, pixelRatio };
    if (this.canvas !== null) {
      this.canvas.width = devicePixels(width, pixelRatio);
      this.canvas.height = devicePixels(height, pixelRatio);
    }
    this.refresh();
  }

  /** Draws what is stale now: a canvas whose size changed is empty, and would be seen so. */
  drawNow(): void {
    if (this.pendingFrame !== null) {
      this.pendingFrame();
      this.drawFrame();
    }
  }

  hideLabels(isHiding: boolean): void {
    if (this.isHidingLabels !== isHiding) {
      this.isHidingLabels = isHiding;
      this.refresh();
    }
  }

  showSolo(isSolo: boolean): void {
    if (this.isSolo !== isSolo) {
      this.isSolo = isSolo;
      this.refresh();
    }
  }

  /** Where the brush ring is to be; null when the pointer left. */
  pointAt(place: ScreenPoint | null): void {
    this.pointer = place;
    this.markRing(this.drawnRing);
    this.markRing(this.ring());
  }

  /** Everything must be drawn again. */
  refresh(): void {
    const { width, height, pixelRatio } = this.currentViewport;
    this.mark({
      x: 0,
      y: 0,
      width: devicePixels(width, pixelRatio),
      height: devicePixels(height, pixelRatio),
    });
  }

  /** Labels of the shown plane changed in this window. */
  labelsChanged(window: PixelWindow): void {
    this.renderer?.changed(window);
    this.refreshWindow(window);
  }

  /** Labels of the other compartment changed in this window, and their outlines are shown. */
  otherChanged(window: PixelWindow): void {
    this.renderer?.otherChanged();
    this.refreshWindow(window);
  }

  /** What shows this window must be drawn again, with the outlines about it. */
  refreshWindow(window: PixelWindow | null): void {
    if (window === null) {
      return;
    }
    const { camera } = this.options.snapshot();
    const zoom = camera.zoom * this.currentViewport.pixelRatio;
    const x = Math.floor((window.col - camera.left) * zoom) - MARGIN_PX;
    const y = Math.floor((window.row - camera.top) * zoom) - MARGIN_PX;
    this.mark({
      x,
      y,
      width: Math.ceil(window.width * zoom) + 2 * MARGIN_PX + 1,
      height: Math.ceil(window.height * zoom) + 2 * MARGIN_PX + 1,
    });
  }

  private markRing(ring: Ring | null): void {
    if (ring !== null) {
      const { pixelRatio } = this.currentViewport;
      const reach = ring.radius * pixelRatio + RING_MARGIN_PX;
      const x = Math.floor(ring.x * pixelRatio - reach);
      const y = Math.floor(ring.y * pixelRatio - reach);
      this.mark({ x, y, width: Math.ceil(2 * reach) + 1, height: Math.ceil(2 * reach) + 1 });
    }
  }

  private mark(rect: ScreenRect): void {
    if (this.renderer !== null) {
      this.stale.add(rect);
      this.pendingFrame ??= this.options.scheduler.onFrame(() => this.drawFrame());
    }
  }

  /** What is shown now. */
  scene(ring: Ring | null = null): Scene {
    return this.options.source.build({
      snapshot: this.options.snapshot(),
      viewport: this.currentViewport,
      isHidingLabels: this.isHidingLabels,
      isSolo: this.isSolo,
      ring,
    });
  }

  private drawFrame(): void {
    this.pendingFrame = null;
    const ring = this.ring();
    const scene = this.scene(ring);
    const rects = this.stale.take(scene.width, scene.height);
    this.drawnRing = ring;
    if (rects.length > 0) {
      this.renderer?.draw(scene, rects);
    }
  }

  private ring(): Ring | null {
    const { tool, brushRadiusPx, camera } = this.options.snapshot();
    const hasRing = tool === "brush" || tool === "erase";
    return this.pointer === null || !hasRing
      ? null
      : { x: this.pointer.x, y: this.pointer.y, radius: brushRadiusPx * camera.zoom };
  }
}
