import { describe, expect, it } from "vitest";
import { RendererError } from "../../src/engine";
import { composeView } from "../../src/engine/render/compose";
import { DirtyRects } from "../../src/engine/render/dirty-rects";
import { shownValue } from "../../src/engine/render/intensities";
import { HOVERED, LabelStyles, SELECTED } from "../../src/engine/render/label-styles";
import { sampleMap } from "../../src/engine/render/sampling";
import type { Scene, SceneChannel } from "../../src/engine/render/scene";
import type { ViewSettings } from "../../src/engine/view-state";
import { COMPARTMENTS, wholeWindow } from "../../src/model";
import { Random } from "../model/random";
import { FakeCanvas } from "./fake-canvas";
import { emptyLabels, TestEditor } from "./test-editor";

const VIEW: ViewSettings = {
  fillOpacity: 0.5,
  outlineOpacity: 1,
  outlineWidthPx: 1,
  showLabels: true,
  onlySelected: false,
  palette: "vivid",
  background: [10, 20, 30],
  mode: "composite",
  channel: 0,
  soloChannel: null,
  colorBy: "label",
  colormap: "viridis",
  showOther: false,
};

/** 4 x 5 pixels; label 7 fills rows 1 and 2, columns 1 to 3; 10 screen pixels per image pixel. */
function makeScene(parts: Partial<Scene> = {}): Scene {
  const shape = { nRows: 4, nCols: 5 };
  const labels = new Uint32Array(20);
  labels.fill(7, 6, 9).fill(7, 11, 14);
  const styles = new LabelStyles();
  styles.learn(labels, shape, wholeWindow(shape));
  return {
    shape,
    camera: { zoom: 10, left: 0, top: 0 },
    width: 60,
    height: 45,
    channels: [],
    labels,
    other: null,
    styles,
    view: VIEW,
    outlinePx: 2,
    ring: null,
    ...parts,
  };
}

function composed(scene: Scene): (x: number, y: number) => number[] {
  const out = new Uint8ClampedArray(scene.width * scene.height * 4);
  const rect = { x: 0, y: 0, width: scene.width, height: scene.height };
  composeView(scene, sampleMap(scene), rect, out);
  return (x, y) => [...out.subarray((y * scene.width + x) * 4, (y * scene.width + x) * 4 + 3)];
}

function colorOf(scene: Scene, label: number): number[] {
  const at = scene.styles.slotOf(label) * 4;
  return [...scene.styles.table.subarray(at, at + 3)];
}

function half(color: readonly number[]): number[] {
  return color.map((part) => new Uint8ClampedArray([part / 2])[0]);
}

function channel(parts: Partial<SceneChannel> = {}): SceneChannel {
  const data = Uint16Array.from({ length: 20 }, (_, i) => i * 100);
  return {
    data,
    color: [255, 0, 0],
    contrast: [0, 1000],
    gamma: 1,
    inverted: false,
    lut: "color",
    ...parts,
  };
}

describe("the composed view", () => {
  it("shows background outside, outlines of equal width, and fills", () => {
    const scene = makeScene();
    const at = composed(scene);
    const color = colorOf(scene, 7);
    expect(at(55, 5)).toEqual([10, 20, 30]);
    expect(at(5, 42)).toEqual([10, 20, 30]);
    expect(at(5, 5)).toEqual([0, 0, 0]);
    expect([at(10, 20), at(11, 20), at(39, 20), at(20, 10)]).toEqual([color, color, color, color]);
    expect([at(12, 20), at(37, 20), at(25, 25)]).toEqual(Array(3).fill(half(color)));
  });

  it("keeps outlines when zoomed out and between two touching cells", () => {
    const scene = makeScene({ camera: { zoom: 0.5, left: 0, top: 0 }, outlinePx: 1 });
    expect(composed(scene)(0, 0)).toEqual(colorOf(scene, 7));
    const touching = makeScene();
    touching.labels.fill(8, 8, 9).fill(8, 13, 14);
    touching.styles.ensure(8);
    const at = composed(touching);
    expect([at(29, 20), at(30, 20)]).toEqual([colorOf(touching, 7), colorOf(touching, 8)]);
  });

  it("marks the selected label white and lifts the hovered one", () => {
    const scene = makeScene();
    scene.styles.hover(7);
    const lifted = colorOf(scene, 7).map((part) => new Uint8ClampedArray([part * 0.65])[0]);
    expect(composed(scene)(25, 25)).toEqual(lifted);
    scene.styles.select(7);
    expect(composed(scene)(10, 20)).toEqual([255, 255, 255]);
  });

  it("hides labels, and all but the selected one", () => {
    const hidden = makeScene({ view: { ...VIEW, showLabels: false } });
    expect(composed(hidden)(25, 25)).toEqual([0, 0, 0]);
    const only = makeScene({ view: { ...VIEW, onlySelected: true } });
    expect(composed(only)(25, 25)).toEqual([0, 0, 0]);
    only.styles.select(7);
    expect(composed(only)(25, 25)).not.toEqual([0, 0, 0]);
    const noOutline = makeScene({ outlinePx: 0 });
    expect(composed(noOutline)(10, 20)).toEqual(half(colorOf(noOutline, 7)));
  });

  it("adds channels up and draws the ring over everything", () => {
    const green = channel({ color: [0, 255, 0], inverted: true });
    const scene = makeScene({ channels: [channel(), green], ring: { x: 25, y: 5, radius: 4 } });
    const at = composed(scene);
    expect(at(45, 5)).toEqual([102, 153, 0]);
    expect(at(45, 35)).toEqual([255, 0, 0]);
    const [red, , blue] = at(29, 5);
    expect([red > 225, blue > 225, at(25, 5)]).toEqual([true, true, [51, 204, 0]]);
  });
});

describe("shown intensities", () => {
  it("follow contrast, inversion and gamma, and are the same for every type", () => {
    expect([-5, 0, 250, 1000, 5000].map((v) => shownValue(channel(), v))).toEqual([
      0, 0, 0.25, 1, 1,
    ]);
    expect(shownValue(channel({ inverted: true }), 250)).toBe(0.75);
    expect(shownValue(channel({ gamma: 2 }), 500)).toBe(0.25);
    expect(shownValue(channel(), Number.NaN)).toBe(0);
    expect(shownValue(channel({ contrast: [5, 5] }), 5)).toBe(0);
    const values = Array.from({ length: 20 }, (_, i) => (i * 37) % 251);
    const views = [
      Uint8Array,
      Uint16Array,
      Uint32Array,
      Int16Array,
      Int32Array,
      Float32Array,
      Float64Array,
    ]
      .map((Type) => channel({ data: Type.from(values), contrast: [3, 200], gamma: 0.7 }))
      .map((one) => composed(makeScene({ channels: [one] }))(45, 35));
    expect(new Set(views.map(String)).size).toBe(1);
  });
});

describe("label styles", () => {
  it("keep the slot of a label equal to it until one is too large for a table", () => {
    const styles = new LabelStyles();
    styles.select(3);
    styles.ensure(5000);
    expect([styles.isIdentity, styles.slotOf(5000)]).toEqual([true, 5000]);
    const color = [...styles.table.subarray(5000 * 4, 5000 * 4 + 3)];
    const { generation } = styles;
    for (const label of [0xffffffff, 2 ** 24, 2 ** 24 + 1]) {
      styles.ensure(label);
    }
    expect(styles.isIdentity).toBe(false);
    expect(styles.generation).toBeGreaterThan(generation);
    const slots = [3, 5000, 0xffffffff, 2 ** 24, 2 ** 24 + 1].map((label) => styles.slotOf(label));
    expect(new Set(slots).size).toBe(5);
    expect(styles.slotOf(77)).toBe(0);
    expect([...styles.table.subarray(slots[1] * 4, slots[1] * 4 + 3)]).toEqual(color);
    expect(styles.table[slots[0] * 4 + 3]).toBe(SELECTED);
  });

  it("say which rows changed, once", () => {
    const styles = new LabelStyles();
    expect(styles.takeDirtyRows()).toEqual({ first: 0, last: 0 });
    expect(styles.takeDirtyRows()).toBeNull();
    styles.ensure(2048 * 3 + 5);
    expect(styles.takeDirtyRows()).toEqual({ first: 0, last: 3 });
    styles.hover(2048 * 3 + 5);
    expect(styles.takeDirtyRows()).toEqual({ first: 3, last: 3 });
    expect(styles.table[(2048 * 3 + 5) * 4 + 3]).toBe(HOVERED);
    styles.hover(0);
    expect(styles.table[(2048 * 3 + 5) * 4 + 3]).toBe(0);
  });

  it("change palettes and keep flags", () => {
    for (const label of [9, 0xfffffff0]) {
      const scene = makeScene();
      scene.styles.select(7);
      scene.styles.ensure(label);
      const before = colorOf(scene, 7);
      scene.styles.setPalette("safe", scene.labels, scene.shape);
      expect(colorOf(scene, 7)).not.toEqual(before);
      expect(scene.styles.table[scene.styles.slotOf(7) * 4 + 3]).toBe(SELECTED);
    }
  });

  it("give a hundred thousand labels their colours", () => {
    const shape = { nRows: 500, nCols: 800 };
    const labels = Uint32Array.from({ length: 400_000 }, (_, at) => Math.floor(at / 4) * 3 + 1);
    const styles = new LabelStyles();
    styles.learn(labels, shape, wholeWindow(shape));
    const missing = labels.filter(
      (label) => styles.table[label * 4] + styles.table[label * 4 + 1] === 0,
    );
    expect([styles.isIdentity, missing.length]).toEqual([true, 0]);
  });
});

describe("stale rectangles", () => {
  it("are merged where they overlap, cut to the screen and taken once", () => {
    const rects = new DirtyRects();
    rects.add({ x: -5, y: 0, width: 10, height: 10 });
    rects.add({ x: 50, y: 50, width: 10, height: 10 });
    rects.add({ x: 4, y: 5, width: 4, height: 10 });
    rects.add({ x: 500, y: 5, width: 4, height: 10 });
    expect(rects.take(100, 100)).toEqual([
      { x: 50, y: 50, width: 10, height: 10 },
      { x: 0, y: 0, width: 8, height: 15 },
    ]);
    expect(rects.take(100, 100)).toEqual([]);
    for (let i = 0; i < 9; i++) {
      rects.add({ x: i * 10, y: 0, width: 5, height: 5 });
    }
    expect(rects.take(1000, 100).length).toBeLessThanOrEqual(6);
  });
});

describe("the stage", () => {
  const SHAPE = { nFrames: 2, nRows: 30, nCols: 40 };
  const SIZE = { width: 90, height: 70, pixelRatio: 2 };

  async function onCanvas(seed: number) {
    const random = new Random(seed);
    const labels = emptyLabels(SHAPE);
    for (const name of COMPARTMENTS) {
      labels[name]?.data.set(random.labels(60, 40, 40));
    }
    const data = Uint16Array.from({ length: 2400 }, () => random.int(0, 4000));
    const channels = [{ name: "DNA", role: "nuclear", data }];
    const test = await TestEditor.open({ shape: SHAPE, labels, channels });
    const canvas = new FakeCanvas();
    test.editor.setContextBrush(true);
    test.editor.setView({ outlineWidthPx: 4 });
    const detach = test.editor.attach(canvas.element, { ...SIZE, renderer: "canvas2d" });
    return { test, canvas, random, detach };
  }

  function change(test: TestEditor, random: Random): void {
    const { editor } = test;
    const place = (): [number, number] => [random.int(-4, 34), random.int(-4, 44)];
    random.pick([
      () => test.use("brush", random.int(1, 6)).drag([place(), place()]),
      () => test.use("brush", random.int(1, 6)).drag([place(), place()], { alt: true }),
      () => test.use("brush", random.int(1, 6)).click(place()),
      () => test.use("erase", random.int(1, 6)).pointer("pointer_down", place()).command("escape"),
      () => test.use("select").click(place()),
      () => test.pointer("pointer_move", place(), { buttons: 0 }),
      () => test.pointer("pointer_leave", place()),
      () => test.command(random.pick(["history.undo", "history.redo", "label.next"])),
      () => test.command("history.undo"),
      () => test.command("label.delete"),
      () => test.command(random.pick(["view.zoom_in", "view.zoom_out", "compartment.next"])),
      () => test.command(random.pick(["view.fill", "view.outline", "brush.larger", "frame.next"])),
      () => editor.setChannel(0, { contrast: [random.int(0, 100), random.int(200, 4000)] }),
      () => editor.dispatch({ type: "hold", what: "hide_labels", down: random.chance(0.5) }),
      () =>
        editor.setView({
          palette: random.pick(["vivid", "safe"]),
          outlineWidthPx: random.int(0, 4),
        }),
    ])();
  }

  it.each([1, 2, 3])("shows after every frame what a full redraw shows (seed %i)", async (seed) => {
    const { test, canvas, random } = await onCanvas(seed);
    for (let i = 0; i < 50; i++) {
      for (let n = random.int(1, 4); n > 0; n--) {
        change(test, random);
      }
      test.time.drawFrame();
      const partly = canvas.pixels.slice();
      test.editor.resize({ ...SIZE });
      test.time.drawFrame();
      const differing = partly.findIndex((value, at) => value !== canvas.pixels[at]);
      expect([i, differing]).toEqual([i, -1]);
    }
  });

  it("redraws the outlines beside what changed, on every side", async () => {
    for (const [row, col] of [
      [15, 9],
      [15, 20],
      [9, 15],
      [20, 15],
    ]) {
      const labels = emptyLabels(SHAPE);
      for (let r = 10; r < 20; r++) {
        labels.whole_cell?.data.fill(5, r * 40 + 10, r * 40 + 20);
      }
      const test = await TestEditor.open({ shape: SHAPE, labels });
      const canvas = new FakeCanvas();
      test.editor.attach(canvas.element, { ...SIZE, renderer: "canvas2d" });
      test.editor.setView({ outlineWidthPx: 6 });
      test.editor.select(5);
      test.use("brush", 0.5).click([row, col]).pointer("pointer_leave", [row, col]);
      test.time.drawFrame();
      test.command("history.undo").time.drawFrame();
      const partly = canvas.pixels.slice();
      test.editor.resize(SIZE);
      test.time.drawFrame();
      expect(partly.findIndex((value, at) => value !== canvas.pixels[at])).toBe(-1);
    }
  });

  it("draws once per frame, and nothing when nothing changed", async () => {
    const { test, canvas, detach } = await onCanvas(4);
    expect(test.snapshot.renderer).toBe("canvas2d");
    test.time.drawFrame();
    expect([canvas.width, canvas.height, canvas.nDraws]).toEqual([180, 140, 1]);
    expect(test.time.nFrames).toBe(0);
    test.use("brush", 1).drag([
      [5, 5],
      [5, 9],
      [9, 9],
    ]);
    expect(test.time.nFrames).toBe(1);
    test.time.drawFrame();
    expect(test.time.nFrames).toBe(0);
    detach();
    test.use("brush", 1).drag([
      [15, 5],
      [15, 9],
    ]);
    expect([test.time.nFrames, test.snapshot.renderer]).toEqual([0, null]);
  });

  it("fits the image when a canvas first comes, and keeps the middle on resizing", async () => {
    const { test } = await onCanvas(5);
    const { zoom, left, top } = test.snapshot.camera;
    expect([left + 45 / zoom, top + 35 / zoom]).toEqual([expect.closeTo(20), expect.closeTo(15)]);
    test.editor.resize({ width: 200, height: 300, pixelRatio: 1 });
    const after = test.snapshot.camera;
    expect(after.zoom).toBe(zoom);
    expect([after.left + 100 / zoom, after.top + 150 / zoom]).toEqual([
      expect.closeTo(20),
      expect.closeTo(15),
    ]);
  });

  it("says when a canvas cannot be drawn on", async () => {
    const test = await TestEditor.open();
    const dead = { getContext: () => null } as unknown as HTMLCanvasElement;
    const size = { width: 10, height: 10, pixelRatio: 1 };
    for (const renderer of ["canvas2d", "webgl2"] as const) {
      expect(() => test.editor.attach(dead, { ...size, renderer })).toThrow(RendererError);
    }
  });
});
