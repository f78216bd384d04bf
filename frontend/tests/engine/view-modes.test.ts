import { describe, expect, it } from "vitest";
import { scaleBar } from "../../src/engine";
import { visibleRect } from "../../src/engine/minimap";
import { CHECKED, HIDDEN, LabelStyles, SELECTED } from "../../src/engine/render/label-styles";
import { shownChannels } from "../../src/engine/shown-channels";
import { colormapColor, labelImage, wholeWindow } from "../../src/model";
import { FakeCanvas } from "./fake-canvas";
import { TestEditor } from "./test-editor";

const SHAPE = { nFrames: 1, nRows: 40, nCols: 60 };

/** Cells 5 and 8 (larger) over two constant channels, drawn one to one on a canvas. */
async function withCanvas() {
  const size = SHAPE.nRows * SHAPE.nCols;
  const labels = new Uint32Array(size);
  for (let row = 10; row < 30; row++) {
    labels.fill(row < 18 ? 5 : 0, row * 60 + 10, row * 60 + 18);
    labels.fill(8, row * 60 + 30, row * 60 + 50);
  }
  const ramp = Uint16Array.from({ length: size }, (_, at) => (at % 60) * 100);
  const test = await TestEditor.open({
    shape: SHAPE,
    labels: { whole_cell: labelImage(labels, SHAPE) },
    channels: [
      { name: "DNA", role: "nuclear", data: new Uint8Array(size).fill(9) },
      { name: "rim", role: "membrane", data: ramp },
    ],
  });
  const canvas = new FakeCanvas();
  const viewport = { width: 60, height: 40, pixelRatio: 1 };
  test.editor.attach(canvas.element, { ...viewport, renderer: "canvas2d" });
  test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
  test.editor.setView({ fillOpacity: 1, outlineWidthPx: 0 });
  test.editor.setChannel(0, { contrast: [0, 10], color: [200, 0, 0] });
  test.editor.setChannel(1, { contrast: [0, 6000], color: [0, 200, 0] });
  const at = (x: number, y: number) => {
    test.time.drawFrame();
    return canvas.at(x, y);
  };
  return { test, canvas, at };
}

it("a canvas of another size or density is drawn at once, not empty until the next frame", async () => {
  const { test, canvas, at } = await withCanvas();
  expect(at(30, 2)).toEqual([180, 100, 0]);
  test.editor.resize({ width: 60, height: 40, pixelRatio: 2 });
  expect([canvas.width, canvas.at(60, 4)]).toEqual([120, [180, 100, 0]]);
  expect(test.time.nFrames).toBe(0);
});

describe("channels", () => {
  it("are shown together, one in grey, or one alone", async () => {
    const { test, at } = await withCanvas();
    expect(at(30, 2)).toEqual([180, 100, 0]);
    test.command("view.grayscale");
    expect(at(30, 2)).toEqual([230, 230, 230]);
    test.command("channels.next");
    expect(at(30, 2)).toEqual([128, 128, 128]);
    test.command("view.grayscale").editor.setView({ soloChannel: 0 });
    expect(at(30, 2)).toEqual([180, 0, 0]);
    test.editor.setView({ soloChannel: null });
    test.editor.dispatch({ type: "hold", what: "solo", down: true });
    expect(at(30, 2)).toEqual([0, 100, 0]);
    test.editor.dispatch({ type: "hold", what: "solo", down: false });
    test.command("channels.invert");
    expect(at(0, 2)).toEqual([20, 200, 0]);
  });

  it("keep the identity of what is drawn while nothing changes", async () => {
    const { test } = await withCanvas();
    test.command("view.grayscale");
    const [first] = shownChannels(test.snapshot, false);
    expect(shownChannels(test.snapshot, false)[0].view).toBe(first.view);
    test.editor.setView({ channel: 7 });
    expect(shownChannels(test.snapshot, false).length).toBe(2);
  });
});

describe("the lookup table of a channel", () => {
  it("colours it by a scale instead of its own colour, except in grey", async () => {
    const { test, at } = await withCanvas();
    test.editor.setChannel(0, { visible: false });
    test.editor.setChannel(1, { lut: "viridis", contrast: [0, 5900] });
    expect([at(0, 2), at(59, 2)]).toEqual([
      [...colormapColor("viridis", 0)],
      [...colormapColor("viridis", 1)],
    ]);
    expect(at(30, 2)).toEqual([...colormapColor("viridis", 30 / 59)]);
    test.editor.setView({ mode: "grayscale", channel: 1 });
    expect(at(59, 2)).toEqual([255, 255, 255]);
  });
});

describe("labels", () => {
  it("hide, and come back", async () => {
    const { test, at } = await withCanvas();
    const filled = at(14, 14);
    test.editor.select(5);
    test.command("label.hide");
    expect(at(14, 14)).not.toEqual(filled);
    expect([...test.snapshot.work.hidden]).toEqual([5]);
    test.command("label.hide");
    test.editor.select(0);
    expect(at(14, 14)).toEqual(filled);
    test.editor.setHidden([5, 8]);
    test.command("label.show_all");
    expect(at(14, 14)).toEqual(filled);
  });

  it("fade when they are checked", async () => {
    const { test, at } = await withCanvas();
    const filled = at(14, 14);
    test.editor.mark("checked", { "checked/whole_cell/5": true });
    expect(at(14, 14)).not.toEqual(filled);
    test.command("history.undo");
    expect(at(14, 14)).toEqual(filled);
  });

  it("take colours by compartment, area and value", async () => {
    const { test, at } = await withCanvas();
    const palette = at(14, 14);
    test.editor.setView({ colorBy: "compartment" });
    expect(at(14, 14)).toEqual(at(40, 20));
    test.editor.setView({ colorBy: "area" });
    expect([at(14, 14), at(40, 20)]).toEqual([
      [...colormapColor("viridis", 0)],
      [...colormapColor("viridis", 1)],
    ]);
    test.use("brush", 12).editor.select(5);
    test.click([14, 14]).editor.select(0);
    expect(at(14, 14)).not.toEqual([...colormapColor("viridis", 0)]);
    test.editor.setLabelValues(new Map([[8, 0.3]]));
    test.editor.setView({ colorBy: "value", colormap: "magma" });
    expect([at(14, 14), at(40, 20)]).toEqual([[128, 128, 128], [...colormapColor("magma", 0.5)]]);
    test.editor.setView({ colorBy: "label" });
    expect(at(14, 14)).toEqual(palette);
  });

  it("of the other compartment are outlined in one colour", async () => {
    const shape = { nFrames: 1, nRows: 20, nCols: 20 };
    const labels = {
      whole_cell: labelImage(new Uint32Array(400), shape),
      nuclear: labelImage(new Uint32Array(400), shape),
    };
    for (let row = 5; row < 15; row++) {
      labels.nuclear.data.fill(0xfffffff0, row * 20 + 5, row * 20 + 15);
    }
    const test = await TestEditor.open({ shape, labels });
    const canvas = new FakeCanvas();
    const viewport = { width: 20, height: 20, pixelRatio: 1 };
    test.editor.attach(canvas.element, { ...viewport, renderer: "canvas2d" });
    test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
    test.editor.setView({ outlineOpacity: 1 });
    const at = (x: number, y: number) => {
      test.time.drawFrame();
      return canvas.at(x, y);
    };
    expect(at(5, 9)).toEqual([0, 0, 0]);
    test.command("view.other_compartment");
    expect([at(5, 9), at(9, 9), at(14, 14)]).toEqual([
      [86, 180, 233],
      [0, 0, 0],
      [86, 180, 233],
    ]);
    test.editor.dispatch({ type: "hold", what: "hide_labels", down: true });
    expect(at(5, 9)).toEqual([0, 0, 0]);
  });

  it("keep their flags when they get other colours, also beyond the table of small labels", () => {
    const shape = { nRows: 1, nCols: 3 };
    const labels = Uint32Array.of(3, 2 ** 24 + 1, 0xfffffffe);
    const styles = new LabelStyles();
    styles.learn(labels, shape, wholeWindow(shape));
    styles.mark(HIDDEN, new Set([3]));
    styles.mark(CHECKED, new Set([0xfffffffe, 3]));
    styles.select(0xfffffffe);
    styles.setColors(() => [0, 0, 0]);
    const flags = (label: number) => styles.table[styles.slotOf(label) * 4 + 3];
    expect([...labels].map(flags)).toEqual([HIDDEN | CHECKED, 0, CHECKED | SELECTED]);
    styles.mark(CHECKED, new Set());
    expect(flags(3)).toBe(HIDDEN);
    expect(styles.table[styles.slotOf(3) * 4]).toBe(1);
  });
});

describe("around the view", () => {
  it("the minimap shows the whole image without labels", async () => {
    const { test } = await withCanvas();
    const { width, height, rgba } = test.editor.minimap(30);
    expect([width, height, rgba.length]).toEqual([30, 20, 30 * 20 * 4]);
    const middle = (10 * 30 + 15) * 4;
    expect([...rgba.subarray(middle, middle + 3)]).toEqual([180, 103, 0]);
    expect(test.editor.minimap(4000).width).toBe(60);
    test.editor.setCamera({ zoom: 4, left: 10, top: 5 });
    expect(test.editor.visibleRect()).toEqual({ left: 10, top: 5, width: 15, height: 10 });
    expect(
      visibleRect({ zoom: 2, left: 0, top: 0 }, { width: 9, height: 5, pixelRatio: 2 }),
    ).toEqual({ left: 0, top: 0, width: 4.5, height: 2.5 });
  });

  it.each([
    [0.5, 1, 50, "50 µm", 100],
    [0.5, 8, 5, "5 µm", 80],
    [0.37, 64, 0.5, "500 nm", (0.5 / 0.37) * 64],
    [10, 0.05, 20_000, "20 mm", 100],
    [1, 0.12, 1000, "1 mm", 120],
  ])("the scale bar has a nice length (%f um, zoom %f)", (size, zoom, lengthUm, text, lengthPx) => {
    const bar = scaleBar(size, zoom);
    expect(bar).toMatchObject({ lengthUm, text });
    expect(bar?.lengthPx).toBeCloseTo(lengthPx);
    expect(bar?.lengthPx).toBeLessThanOrEqual(120 + 1e-9);
  });

  it("there is no scale bar without a pixel size", () => {
    expect([scaleBar(null, 1), scaleBar(0, 1), scaleBar(Number.NaN, 1)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
