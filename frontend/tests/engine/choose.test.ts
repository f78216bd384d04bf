import { expect, it } from "vitest";
import { chooseRenderer } from "../../src/engine/render/choose";
import { FakeCanvas } from "./fake-canvas";
import { FakeGlCanvas } from "./fake-gl-canvas";

/** A canvas in a document whose cards draw WebGL2, were it not for this canvas. */
function canvasOf(canvas: FakeCanvas | FakeGlCanvas): HTMLCanvasElement {
  const ownerDocument = { createElement: () => new FakeGlCanvas() };
  return Object.assign(canvas, { ownerDocument }).element;
}

const options = { imageSize: 2048, onRestored: () => undefined } as const;

it("takes WebGL2 where the card draws it and the image is not too large for it", () => {
  const wish = { ...options, wish: "auto" } as const;
  expect(chooseRenderer(canvasOf(new FakeGlCanvas()), wish).kind).toBe("webgl2");
  const large = { ...wish, imageSize: 9000 };
  expect(chooseRenderer(canvasOf(new FakeCanvas()), large).kind).toBe("canvas2d");
});

it("draws in 2D on a canvas that gets no WebGL2 after all, unless that was asked for", () => {
  const canvas = canvasOf(new FakeCanvas());
  expect(chooseRenderer(canvas, { ...options, wish: "auto" }).kind).toBe("canvas2d");
  expect(() => chooseRenderer(canvas, { ...options, wish: "webgl2" })).toThrow(
    "This browser gives no WebGL2 context.",
  );
});
