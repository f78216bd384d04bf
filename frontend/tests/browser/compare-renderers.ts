/** Draws one crop with both renderers and says how far their pixels lie apart. */
import type { Editor, RendererKind } from "../../src/engine";
import { type CropSpec, framesDrawn, openCrop, showAs } from "./crop";

/** The first few pixels that differ are named. */
const N_NAMED = 5;

export interface Comparison {
  /** The greatest difference of a colour, in levels of 256. */
  readonly furthest: number;
  readonly nDifferent: number;
  readonly nColors: number;
  readonly named: readonly string[];
}

export async function compareRenderers(spec: CropSpec): Promise<Comparison> {
  const editor = await openCrop(spec);
  const webgl2 = await drawn(editor, spec, "webgl2");
  const canvas2d = await drawn(editor, spec, "canvas2d");
  editor.dispose();
  return compared(webgl2, canvas2d, spec.viewport.width * spec.viewport.pixelRatio);
}

/** RGBA from the top row down. */
async function drawn(editor: Editor, spec: CropSpec, kind: RendererKind): Promise<Uint8Array> {
  const canvas = document.createElement("canvas");
  document.body.append(canvas);
  const detach = editor.attach(canvas, { ...spec.viewport, renderer: kind });
  showAs(editor, spec);
  await framesDrawn();
  const shown = editor.state.getSnapshot().renderer;
  if (shown !== kind) {
    throw new Error(`The editor draws with ${shown}, not with ${kind}.`);
  }
  const pixels = kind === "webgl2" ? readWebgl2(canvas) : readCanvas2d(canvas);
  detach();
  canvas.remove();
  return pixels;
}

export function readWebgl2(canvas: HTMLCanvasElement): Uint8Array {
  const gl = canvas.getContext("webgl2") as WebGL2RenderingContext;
  const { width, height } = canvas;
  const upward = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upward);
  const pixels = new Uint8Array(upward.length);
  for (let y = 0; y < height; y++) {
    const row = upward.subarray((height - 1 - y) * width * 4, (height - y) * width * 4);
    pixels.set(row, y * width * 4);
  }
  return pixels;
}

function readCanvas2d(canvas: HTMLCanvasElement): Uint8Array {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  return new Uint8Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
}

function compared(a: Uint8Array, b: Uint8Array, width: number): Comparison {
  if (a.length !== b.length) {
    throw new Error(`One renderer drew ${a.length} bytes, the other ${b.length}.`);
  }
  const colors = new Set<number>();
  const named: string[] = [];
  let furthest = 0;
  let nDifferent = 0;
  for (let at = 0; at < a.length; at += 4) {
    const away = Math.max(...[0, 1, 2].map((part) => Math.abs(a[at + part] - b[at + part])));
    furthest = Math.max(furthest, away);
    nDifferent += away > 0 ? 1 : 0;
    colors.add((a[at] << 16) | (a[at + 1] << 8) | a[at + 2]);
    if (away > 1 && named.length < N_NAMED) {
      const place = `(${(at / 4) % width}, ${Math.floor(at / 4 / width)})`;
      named.push(`${place}: ${a.slice(at, at + 3)} and ${b.slice(at, at + 3)}`);
    }
  }
  return { furthest, nDifferent, nColors: colors.size, named };
}
