/** Which renderer a canvas gets. */
import type { RendererKind } from "../view-state";
import { Canvas2dRenderer } from "./canvas2d";
import { type Renderer, RendererError } from "./scene";
import { Webgl2Renderer } from "./webgl2";

const SOFTWARE = /swiftshader|llvmpipe|basic render|software/i;

export interface RendererWish {
  readonly wish: "auto" | RendererKind;
  /** The larger side of the image; cards have a limit. */
  readonly imageSize: number;
  readonly onRestored: () => void;
}

/**
 * WebGL2 where a graphics card draws it; Canvas 2D where it is missing, where the image is larger
 * than the card's textures, where the canvas gets no WebGL2 after all, and where that is only
 * emulated, because Canvas 2D is faster then.
 */
export function chooseRenderer(canvas: HTMLCanvasElement, options: RendererWish): Renderer {
  const { wish, imageSize, onRestored } = options;
  if (wish === "webgl2") {
    return new Webgl2Renderer(canvas, onRestored);
  }
  const webgl2 = wish === "auto" && hasGoodWebgl2(canvas, imageSize);
  return (webgl2 && webgl2If(canvas, onRestored)) || new Canvas2dRenderer(canvas);
}

/** Null where the canvas gets no context: cards have only so many, and it can still be drawn in 2D. */
function webgl2If(canvas: HTMLCanvasElement, onRestored: () => void): Renderer | null {
  try {
    return new Webgl2Renderer(canvas, onRestored);
  } catch (failure) {
    if (failure instanceof RendererError) {
      return null;
    }
    throw failure;
  }
}

/** Asked on a canvas of its own: one that gave a WebGL2 context never gives a 2D one. */
function hasGoodWebgl2(canvas: HTMLCanvasElement, imageSize: number): boolean {
  const probe = canvas.ownerDocument.createElement("canvas");
  const gl = probe.getContext("webgl2");
  if (gl === null) {
    return false;
  }
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  const fits = imageSize <= Number(gl.getParameter(gl.MAX_TEXTURE_SIZE));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return fits && !SOFTWARE.test(name);
}
