/** Takes the WebGL2 context away in the middle of a stroke and gives it back. */

import { readWebgl2 } from "./compare-renderers";
import { type CropSpec, framesDrawn, openCrop, showAs } from "./crop";

export interface LostContext {
  /** The labels are those of an editor that kept its context. */
  readonly sameLabels: boolean;
  /** So are the pixels, once the context is back. */
  readonly samePixels: boolean;
  readonly nPainted: number;
}

export async function loseContext(spec: CropSpec): Promise<LostContext> {
  const [kept, lost] = [await played(spec, false), await played(spec, true)];
  return {
    sameLabels: kept.checksum === lost.checksum,
    samePixels: kept.pixels.every((level, i) => level === lost.pixels[i]),
    nPainted: kept.nPainted,
  };
}

async function played(spec: CropSpec, isLost: boolean) {
  const editor = await openCrop(spec);
  const canvas = document.createElement("canvas");
  document.body.append(canvas);
  const detach = editor.attach(canvas, { ...spec.viewport, renderer: "webgl2" });
  showAs(editor, spec);
  await framesDrawn();
  const gl = canvas.getContext("webgl2") as WebGL2RenderingContext;
  const extension = gl.getExtension("WEBGL_lose_context") as WEBGL_lose_context;
  const { width, height } = spec.viewport;
  const before = editor.checksums().whole_cell;
  editor.setTool("brush");
  for (let i = 0; i < 20; i++) {
    const type = i === 0 ? "pointer_down" : "pointer_move";
    editor.dispatch({ type, x: (width * (i + 3)) / 30, y: height / 2, button: 0, buttons: 1 });
    await framesDrawn();
    if (isLost && i === 5) {
      extension.loseContext();
      await happened(canvas, "webglcontextlost");
    }
    if (isLost && i === 15) {
      const back = happened(canvas, "webglcontextrestored");
      extension.restoreContext();
      await back;
    }
  }
  editor.dispatch({ type: "pointer_up", x: (width * 23) / 30, y: height / 2, button: 0 });
  editor.dispatch({ type: "pointer_leave", x: 0, y: 0 });
  await framesDrawn();
  const pixels = readWebgl2(canvas);
  const checksum = editor.checksums().whole_cell;
  detach();
  canvas.remove();
  editor.dispose();
  return { pixels, checksum, nPainted: checksum === before ? 0 : 1 };
}

function happened(canvas: HTMLCanvasElement, name: string): Promise<void> {
  return new Promise((done) => canvas.addEventListener(name, () => done(), { once: true }));
}
