import { describe, expect, it } from "vitest";
import type { EditEvent } from "../../src/engine";
import { changedPixels } from "../../src/model";
import { TestEditor } from "./test-editor";
import { withTwoCells } from "./two-cells";

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
