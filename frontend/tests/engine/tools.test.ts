import { describe, expect, it } from "vitest";
import { COMMANDS, type EditEvent, findCommand, HOLD_KEYS } from "../../src/engine";
import { changedPixels, labelImage } from "../../src/model";
import { emptyLabels, TestEditor } from "./test-editor";

const SHAPE = { nFrames: 2, nRows: 60, nCols: 80 };

/** Label 5 in a square, label 8 in another one to its right, two background columns between. */
async function withTwoCells(): Promise<TestEditor> {
  const labels = emptyLabels(SHAPE);
  for (let row = 10; row < 20; row++) {
    labels.whole_cell?.data.fill(5, row * 80 + 10, row * 80 + 20);
    labels.whole_cell?.data.fill(8, row * 80 + 22, row * 80 + 32);
  }
  return TestEditor.open({ shape: SHAPE, labels });
}

describe("select", () => {
  it("selects what was clicked, and nothing on background", async () => {
    const test = await withTwoCells();
    test.use("select").click([12, 12]);
    expect(test.snapshot.selected).toBe(5);
    expect(test.snapshot.selection).toMatchObject({
      areaPx: 100,
      centroid: { row: 14.5, col: 14.5 },
    });
    test.click([12, 25]);
    expect(test.snapshot.selected).toBe(8);
    test.click([40, 40]);
    expect([test.snapshot.selected, test.snapshot.selection]).toEqual([0, null]);
  });

  it("moves the view when dragged", async () => {
    const test = await withTwoCells();
    test.use("select").pointer("pointer_down", [12, 12]);
    expect(test.snapshot.path).toBe("select.pressed");
    test.pointer("pointer_move", [12, 13]);
    expect(test.snapshot.path).toBe("select.pressed");
    test.pointer("pointer_move", [2, 5]);
    expect(test.snapshot.path).toBe("select.dragging");
    expect(test.snapshot.camera).toEqual({ zoom: 1, left: 7, top: 10 });
    test.pointer("pointer_up", [12, 12]);
    expect([test.snapshot.path, test.snapshot.selected]).toEqual(["select.idle", 0]);
  });

  it("steps through the labels that exist, and shows them", async () => {
    const test = await withTwoCells();
    test.editor.setCamera({ zoom: 30, left: 50, top: 30 });
    const seen = ["label.next", "label.next", "label.next", "label.previous"].map((id) => {
      test.command(id);
      return test.snapshot.selected;
    });
    expect(seen).toEqual([5, 8, 5, 8]);
    expect(test.snapshot.camera.left).toBeLessThan(27);
    const empty = await TestEditor.open();
    expect(empty.editor.run("label.next")).toBe(false);
  });
});

describe("brush", () => {
  it("paints while the pointer moves and becomes one edit", async () => {
    const test = await withTwoCells();
    const events: EditEvent[] = [];
    test.editor.onEdit((event) => events.push(event));
    test.use("brush", 2).pointer("pointer_down", [40, 10]);
    expect([test.snapshot.path, test.labelAt(40, 10)]).toEqual(["brush.painting", 9]);
    test.pointer("pointer_move", [40, 60]);
    expect([test.labelAt(40, 35), test.editor.lastSeq()]).toEqual([9, 0]);
    test.pointer("pointer_up", [50, 60]);
    expect([test.snapshot.path, test.editor.lastSeq()]).toEqual(["brush.idle", 1]);
    expect(events.map(({ tool }) => tool)).toEqual(["brush"]);
    expect(changedPixels(events[0].diffs[0])).toBe(test.area(9));
    expect(test.snapshot).toMatchObject({ selected: 9, nInstances: 3, canUndo: true, nEdits: 1 });
  });

  it("uses every coalesced place", async () => {
    const test = await withTwoCells();
    test.use("brush", 0.5).pointer("pointer_down", [40, 10]);
    const coalesced = [{ x: 20.5, y: 50.5 }];
    test.pointer("pointer_move", [40, 30], { coalesced }).pointer("pointer_up", [40, 30]);
    expect([test.labelAt(50, 20), test.labelAt(40, 20)]).toEqual([9, 0]);
  });

  it("goes on with the selected label, else with the cell it starts on, else makes a new one", async () => {
    const test = await withTwoCells();
    test.use("brush").click([40, 40]).click([45, 40]);
    expect([test.labelAt(40, 40), test.labelAt(45, 40)]).toEqual([9, 9]);
    test.command("escape").drag([
      [12, 15],
      [5, 15],
    ]);
    expect([test.labelAt(5, 15), test.snapshot.selected]).toEqual([5, 5]);
    test.editor.setContextBrush(true);
    test
      .drag([
        [12, 25],
        [5, 25],
      ])
      .click([55, 5]);
    expect([test.labelAt(5, 25), test.labelAt(55, 5)]).toEqual([8, 10]);
  });

  it("protects other labels unless told to overwrite", async () => {
    const test = await withTwoCells();
    test.editor.select(5);
    test.use("brush", 3).drag([
      [15, 15],
      [15, 27],
    ]);
    expect([test.labelAt(15, 21), test.area(8)]).toEqual([5, 100]);
    test.editor.setWriteMode("overwrite");
    test.drag([
      [15, 15],
      [15, 27],
    ]);
    expect(test.area(8)).toBeLessThan(100);
  });

  it.each([
    ["escape", (test: TestEditor) => test.command("escape")],
    [
      "a lost pointer",
      (test: TestEditor) => test.pointer("pointer_cancel", [15, 40], { pointerId: 7 }),
    ],
    ["another tool", (test: TestEditor) => test.use("select")],
    ["another frame", (test: TestEditor) => test.command("frame.next")],
    ["a second finger", pinchInto],
  ])("puts every byte back on %s", async (_name, interrupt) => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.use("brush", 6);
    const touch = { pointerType: "touch", pointerId: 7 };
    test.pointer("pointer_down", [15, 15], touch).pointer("pointer_move", [30, 50], touch);
    expect(test.data()).not.toEqual(before);
    interrupt(test);
    expect(test.data()).toEqual(before);
    expect([test.editor.lastSeq(), test.snapshot.canUndo]).toEqual([0, false]);
  });

  it("ends where the button was let go unseen", async () => {
    const test = await withTwoCells();
    test.use("brush", 0.5).pointer("pointer_down", [40, 10]).pointer("pointer_move", [40, 12]);
    test.pointer("pointer_move", [55, 70], { buttons: 0 });
    expect([test.area(9), test.editor.lastSeq(), test.snapshot.path]).toEqual([3, 1, "brush.idle"]);
  });

  it("records nothing when nothing changed, and nothing outside the image", async () => {
    const test = await withTwoCells();
    test.editor.select(5);
    test
      .use("brush", 1)
      .click([15, 15])
      .drag([
        [-20, -20],
        [-30, 500],
      ]);
    expect(test.editor.lastSeq()).toBe(0);
  });

  it("takes no other button and no second pointer", async () => {
    const test = await withTwoCells();
    test.use("brush").click([40, 40], { button: 2 });
    test.pointer("pointer_down", [40, 10]).click([50, 70], { pointerId: 2 });
    test.pointer("pointer_up", [40, 10]);
    expect([test.labelAt(40, 40), test.labelAt(50, 70), test.labelAt(40, 10)]).toEqual([0, 0, 9]);
  });

  it("erases while Alt is held, or with the other end of a pen", async () => {
    const test = await withTwoCells();
    test.editor.select(5);
    test.use("brush", 2).pointer("pointer_down", [15, 15], { alt: true });
    expect(test.snapshot.path).toBe("brush.erasing");
    test.pointer("pointer_up", [15, 15]).click([11, 11], { button: 5, pointerType: "pen" });
    expect([test.labelAt(15, 15), test.labelAt(11, 11), test.snapshot.selected]).toEqual([0, 0, 5]);
    const area = test.area(5);
    test.pointer("pointer_down", [18, 18], { alt: true }).command("escape");
    expect(test.area(5)).toBe(area);
  });
});

function pinchInto(test: TestEditor): void {
  const finger = { pointerType: "touch", pointerId: 8 };
  test.pointer("pointer_down", [15, 25], finger);
  expect(test.snapshot.path).toBe("pan.pinching");
}

describe("eraser", () => {
  it("touches the selected label only, else the first it meets", async () => {
    const test = await withTwoCells();
    test.editor.select(8);
    test.use("erase", 3).drag([
      [15, 15],
      [15, 30],
    ]);
    expect([test.area(5), test.area(8) < 100]).toEqual([100, true]);
    const area = test.area(8);
    test.command("escape").pointer("pointer_down", [15, 5]);
    expect(test.snapshot.path).toBe("erase.erasing");
    test.pointer("pointer_move", [15, 12]).pointer("pointer_move", [15, 31]);
    test.pointer("pointer_up", [15, 31]);
    expect([test.area(5) < 100, test.area(8)]).toEqual([true, area]);
  });

  it("erases everything it meets in overwrite mode", async () => {
    const test = await withTwoCells();
    test.editor.setWriteMode("overwrite");
    test.use("erase", 20).drag([
      [15, 0],
      [15, 40],
    ]);
    expect([test.area(5), test.area(8), test.snapshot.nInstances]).toEqual([0, 0, 0]);
    test.command("history.undo").pointer("pointer_down", [15, 15]).command("escape");
    expect([test.area(5), test.area(8)]).toEqual([100, 100]);
  });
});

describe("actions", () => {
  it("delete the selected label of this plane only", async () => {
    const test = await withTwoCells();
    test.data("nuclear").fill(5, 0, 40);
    test.editor.select(5);
    expect(test.editor.run("label.delete")).toBe(true);
    expect([test.area(5), test.area(8), test.area(5, "nuclear")]).toEqual([0, 100, 40]);
    expect(test.snapshot).toMatchObject({ selected: 0, nInstances: 1 });
    expect(test.editor.run("label.delete")).toBe(false);
  });

  it("undo and redo, also in a plane that is not shown", async () => {
    const test = await withTwoCells();
    test.editor.setCompartment("nuclear");
    test.use("brush", 3).click([30, 30]);
    test.editor.setFrame(1);
    test.editor.setCompartment("whole_cell");
    test.command("history.undo");
    expect(test.snapshot).toMatchObject({ compartment: "nuclear", frame: 0, nInstances: 0 });
    expect(test.data("nuclear").every((label) => label === 0)).toBe(true);
    test.command("history.redo");
    expect([test.labelAt(30, 30, "nuclear"), test.editor.lastSeq()]).toEqual([9, 3]);
    expect(test.editor.run("history.redo")).toBe(false);
  });

  it("give new labels that no compartment holds", async () => {
    const test = await withTwoCells();
    test.editor.setCompartment("nuclear");
    expect(test.editor.run("label.new")).toBe(true);
    expect(test.snapshot).toMatchObject({ selected: 9, tool: "brush", path: "brush.idle" });
  });

  it("do nothing to what may only be looked at", async () => {
    const test = await TestEditor.open({ options: { readOnly: true, tool: "brush" } });
    expect(test.snapshot.editable).toBe(false);
    test.click([5, 5]).use("erase").click([5, 5]);
    expect(["label.new", "label.delete", "history.undo"].map((id) => test.editor.run(id))).toEqual([
      false,
      false,
      false,
    ]);
    expect(test.editor.lastSeq()).toBe(0);
  });
});

describe("the view", () => {
  it("pans with the middle button, with a held key and with its tool", async () => {
    const test = await withTwoCells();
    test.use("brush").pointer("pointer_down", [10, 10], { button: 1 });
    expect(test.snapshot.path).toBe("pan.dragging");
    test.pointer("pointer_move", [20, 30]).pointer("pointer_up", [10, 10]);
    expect(test.snapshot.camera).toEqual({ zoom: 1, left: -20, top: -10 });
    test.editor.dispatch({ type: "hold", what: "pan", down: true });
    test.drag([
      [10, 10],
      [20, 10],
    ]);
    test.editor.dispatch({ type: "hold", what: "pan", down: false });
    expect(test.snapshot.camera.top).toBe(-20);
    test.use("pan").drag([
      [10, 10],
      [20, 10],
    ]);
    expect([test.snapshot.camera.top, test.editor.lastSeq()]).toEqual([-30, 0]);
  });

  it("zooms at the cursor and with two fingers", async () => {
    const test = await withTwoCells();
    test.editor.dispatch({ type: "wheel", x: 30, y: 20, deltaX: 0, deltaY: -500 });
    const { zoom, left, top } = test.snapshot.camera;
    expect(zoom).toBeCloseTo(Math.exp(0.75));
    expect([left + 30 / zoom, top + 20 / zoom]).toEqual([
      expect.closeTo(30, 9),
      expect.closeTo(20, 9),
    ]);
    test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
    const finger = (pointerId: number) => ({ pointerId, pointerType: "touch" });
    test.use("select").pointer("pointer_down", [20, 20], finger(1));
    test.pointer("pointer_down", [20, 40], finger(2));
    test.editor.dispatch({
      type: "pointer_move",
      x: 60.5,
      y: 20.5,
      pointerId: 2,
      pointerType: "touch",
    });
    expect(test.snapshot.camera.zoom).toBeCloseTo(2);
    test.editor.dispatch({ type: "pointer_up", x: 60, y: 20, pointerId: 2, pointerType: "touch" });
    test.editor.dispatch({ type: "pointer_up", x: 20, y: 20, pointerId: 1, pointerType: "touch" });
    expect([test.snapshot.path, test.snapshot.selected]).toEqual(["select.idle", 0]);
  });

  it("keeps the image in view and the zoom within limits", async () => {
    const test = await withTwoCells();
    test.editor.setCamera({ zoom: 1, left: 9999, top: -9999 });
    expect(test.snapshot.camera).toEqual({ zoom: 1, left: 79, top: -599 });
    test.command("view.fit");
    const fit = test.snapshot.camera;
    expect(fit.zoom).toBeCloseTo((800 * 0.96) / 80);
    for (let i = 0; i < 40; i++) {
      test.command("view.zoom_out");
    }
    expect(test.snapshot.camera.zoom).toBe(1);
    for (let i = 0; i < 80; i++) {
      test.command("view.zoom_in");
    }
    expect(test.snapshot.camera.zoom).toBe(64);
    test.command("view.actual_size");
    expect(test.snapshot.camera.zoom).toBe(1);
  });

  it("tells what is under the pointer", async () => {
    const data = Uint16Array.from({ length: 2 * 60 * 80 }, (_, at) => at);
    const test = await TestEditor.open({
      channels: [
        { name: "DNA", role: "nuclear", data },
        { name: "later", role: "other", data: null },
      ],
    });
    test.pointer("pointer_move", [3, 7], { buttons: 0 });
    expect(test.snapshot.hover).toEqual({ row: 3, col: 7, label: 0, values: [247, null] });
    test.editor.loadChannel(1, Float32Array.from(data));
    expect(test.snapshot.channels[1]).toMatchObject({ loaded: true, visible: false });
    test.pointer("pointer_leave", [3, 7]);
    expect(test.snapshot.hover).toBeNull();
    test.pointer("pointer_move", [3, 500], { buttons: 0 });
    expect(test.snapshot.hover).toBeNull();
  });

  it("changes brush size with Alt and the wheel, within limits", async () => {
    const test = await withTwoCells();
    const wheel = { type: "wheel", x: 0, y: 0, deltaX: 0, alt: true } as const;
    test.use("brush", 5).editor.dispatch({ ...wheel, deltaY: -120 });
    expect(test.snapshot.brushRadiusPx).toBe(6);
    test.editor.setBrushRadius(-3);
    expect(test.snapshot.brushRadiusPx).toBe(0.5);
    test.editor.setBrushRadius(99999);
    expect(test.snapshot.brushRadiusPx).toBe(500);
  });
});

describe("the state", () => {
  it("tells listeners once per input and keeps the identity of what did not change", async () => {
    const test = await withTwoCells();
    let n = 0;
    const stop = test.editor.state.subscribe(() => n++);
    const before = test.snapshot;
    test.use("brush");
    n = 0;
    test.click([40, 40]);
    expect(n).toBeLessThanOrEqual(2);
    expect(test.snapshot.channels).toBe(before.channels);
    expect(test.snapshot.view).toBe(before.view);
    expect(test.snapshot.camera).toBe(before.camera);
    stop();
    n = 0;
    test.click([50, 50]);
    expect(n).toBe(0);
  });

  it("stops telling edits to those who left", async () => {
    const test = await withTwoCells();
    let n = 0;
    const stop = test.editor.onEdit(() => n++);
    test.use("brush").click([40, 40]);
    stop();
    test.click([50, 50]);
    expect(n).toBe(1);
  });

  it("opens with nuclei and membranes shown, and contrast fitted", async () => {
    const shape = { nFrames: 1, nRows: 100, nCols: 100 };
    const data = Uint16Array.from({ length: 10000 }, (_, at) => at);
    const channel = (role: string) => ({ name: role, role, data });
    const labels = { nuclear: labelImage(new Uint32Array(10000), shape) };
    const test = await TestEditor.open({
      shape,
      labels,
      channels: [channel("other"), channel("nuclear"), channel("membrane")],
    });
    expect(test.snapshot.compartment).toBe("nuclear");
    expect(test.snapshot.channels.map(({ visible }) => visible)).toEqual([false, true, true]);
    expect(test.snapshot.channels[0].contrast).toEqual([10, 9989]);
    test.editor.setCompartment("whole_cell");
    expect(test.snapshot.compartment).toBe("nuclear");
    test.editor.setChannel(0, { contrast: [0, 5], visible: true });
    test.editor.autoContrast(1);
    expect(test.snapshot.channels[0]).toMatchObject({ contrast: [0, 5], visible: true });
    test.command("channels.auto_contrast");
    expect(test.snapshot.channels[0].contrast).toEqual([10, 9989]);
  });
});

describe("commands", () => {
  it("have ids, labels and keys of their own", () => {
    const keys = [...COMMANDS, ...HOLD_KEYS].flatMap((entry) => [...entry.keys]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
    expect(COMMANDS.every(({ label, keys }) => label.length > 2 && keys.length > 0)).toBe(true);
  });

  it("all run", async () => {
    const test = await withTwoCells();
    for (const { id } of COMMANDS) {
      test.command(id);
    }
    expect(test.editor.run("no.such.command")).toBe(false);
    expect(findCommand("no.such.command")).toBeUndefined();
  });

  it("change what they name", async () => {
    const test = await withTwoCells();
    const after = (id: string) => test.command(id).snapshot;
    expect(after("tool.brush").tool).toBe("brush");
    expect(after("tool.swap").tool).toBe("erase");
    expect(after("tool.swap").tool).toBe("brush");
    expect(after("brush.larger").brushRadiusPx).toBe(6);
    expect(after("brush.smaller").brushRadiusPx).toBe(5);
    expect(after("write_mode.toggle").writeMode).toBe("overwrite");
    expect(after("compartment.next").compartment).toBe("nuclear");
    expect(after("compartment.next").compartment).toBe("whole_cell");
    expect(after("frame.next").frame).toBe(1);
    expect(test.editor.run("frame.next")).toBe(false);
    expect(after("frame.previous").frame).toBe(0);
    expect(after("view.fill").view.fillOpacity).toBe(0.4);
    expect(after("view.outline").view.outlineOpacity).toBe(1);
    expect(after("view.outline").view.outlineOpacity).toBe(0);
    expect(after("view.only_selected").view.onlySelected).toBe(true);
  });
});
