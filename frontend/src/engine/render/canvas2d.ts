/** Renderer for browsers without a usable WebGL2: the same pixels, computed by `composeView`. */
import { composeView } from "./compose";
import { type SampleMap, sampleMap } from "./sampling";
import { type Renderer, RendererError, type Scene, type ScreenRect } from "./scene";

export class Canvas2dRenderer implements Renderer {
  readonly kind = "canvas2d";
  private readonly context: CanvasRenderingContext2D;
  private map: SampleMap | null = null;
  private mappedScene: Scene | null = null;

  /** @throws RendererError when the canvas has a context of another kind already. */
  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (context === null) {
      throw new RendererError("This browser gives no 2D canvas. Reload the page.");
    }
    this.context = context;
  }

  /** Nothing to upload: the labels are read when they are drawn. */
  changed(): void {}

  otherChanged(): void {}

  draw(scene: Scene, rects: readonly ScreenRect[]): void {
    const map = this.mapFor(scene);
    for (const rect of rects) {
      const image = this.context.createImageData(rect.width, rect.height);
      composeView(scene, map, rect, image.data);
      this.context.putImageData(image, rect.x, rect.y);
    }
  }

  dispose(): void {
    this.map = null;
  }

  private mapFor(scene: Scene): SampleMap {
    const before = this.mappedScene;
    const isSame =
      before !== null &&
      before.camera === scene.camera &&
      before.width === scene.width &&
      before.height === scene.height;
    if (this.map === null || !isSame) {
      this.map = sampleMap(scene);
    }
    this.mappedScene = scene;
    return this.map;
  }
}
