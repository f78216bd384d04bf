import { expect, it } from "vitest";
import { FakeGlCanvas } from "./fake-gl-canvas";
import type { TestEditor } from "./test-editor";
import { withTwoCells } from "./two-cells";

function attached(test: TestEditor): FakeGlCanvas {
  const canvas = new FakeGlCanvas();
  const size = { width: 80, height: 60, pixelRatio: 1 };
  test.editor.attach(canvas.element, { ...size, renderer: "webgl2" });
  test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
  test.time.drawFrame();
  return canvas;
}

it("a lost context costs no edit: what was painted meanwhile is uploaded when it is back", async () => {
  const test = await withTwoCells();
  const canvas = attached(test);
  expect([test.snapshot.renderer, canvas.nDraws > 0]).toEqual(["webgl2", true]);
  expect(canvas.fire("webglcontextlost")).toBe(true);
  const nDraws = canvas.nDraws;
  canvas.uploads = [];
  test.use("brush", 3).click([40, 40]).command("label.grow");
  test.time.drawFrame();
  expect([canvas.nDraws, canvas.uploads.length, test.labelAt(40, 40)]).toEqual([nDraws, 0, 9]);
  canvas.fire("webglcontextrestored");
  test.time.drawFrame();
  const labels = canvas.uploads.filter(({ data }) => data instanceof Uint32Array);
  expect(labels.map(({ call, width }) => [call, width])).toEqual([["texImage2D", 80]]);
  expect((labels[0].data as Uint32Array)[40 * 80 + 40]).toBe(9);
  expect(canvas.nDraws).toBeGreaterThan(nDraws);
});

it("a stroke uploads the rectangle that it changed, selecting only the table of styles", async () => {
  const test = await withTwoCells();
  const canvas = attached(test);
  test.use("brush", 3).command("label.new").click([40, 40]);
  test.time.drawFrame();
  canvas.uploads = [];
  test.pointer("pointer_down", [45, 50]);
  test.time.drawFrame();
  const labels = canvas.uploads.filter(({ data }) => data instanceof Uint32Array);
  expect(labels.map(({ call, width }) => [call, width])).toEqual([["texSubImage2D", 7]]);
  test.pointer("pointer_up", [45, 50]);
  test.time.drawFrame();
  canvas.uploads = [];
  test.editor.select(5);
  test.time.drawFrame();
  expect(canvas.uploads.every(({ data }) => data instanceof Uint8Array)).toBe(true);
});

it("the other compartment is uploaded anew when it may have changed unseen", async () => {
  const test = await withTwoCells();
  const canvas = attached(test);
  const uploads = () => {
    canvas.uploads = [];
    test.time.drawFrame();
    return canvas.uploads.filter(({ data }) => data instanceof Uint32Array).length;
  };
  test.command("view.other_compartment");
  expect(uploads()).toBe(1);
  test.command("view.fill");
  expect(uploads()).toBe(0);
  test.command("view.other_compartment").command("compartment.next");
  uploads();
  test.use("brush", 3).click([40, 40]).command("compartment.next");
  uploads();
  test.command("view.other_compartment");
  expect(uploads()).toBe(1);
});

it("gives the card back all that it held when the crop is left", async () => {
  const test = await withTwoCells();
  test.editor.setView({ showOther: true });
  const canvas = attached(test);
  expect(canvas.nTextures).toBeGreaterThan(4);
  test.editor.dispose();
  expect(canvas.nTextures).toBe(0);
});
