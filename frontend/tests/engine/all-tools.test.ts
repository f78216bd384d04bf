import { describe, expect, it } from "vitest";
import { TOOLS } from "../../src/engine";
import { withTwoCells } from "./two-cells";
import { expectOneStep, withImage } from "./with-image";

it("each tool has a command, a key and a hint of its own", async () => {
  const test = await withTwoCells();
  for (const { id, hint } of TOOLS) {
    test.command(`tool.${id}`);
    expect([test.snapshot.tool, test.snapshot.path]).toEqual([id, `${id}.idle`]);
    expect(hint.endsWith(".")).toBe(true);
  }
});

describe("encircle", () => {
  it("takes the click on its start for the closing one, and undo gives a line up", async () => {
    const test = await withTwoCells();
    test.use("encircle").click([35, 30]);
    for (const place of [
      [35, 60],
      [55, 60],
      [55, 30],
      [35, 30],
    ] as const) {
      test.pointer("pointer_move", place, { buttons: 0 });
    }
    test.click([35, 30]);
    expect([test.snapshot.path, test.editor.lastSeq()]).toEqual(["encircle.idle", 1]);
    test.click([45, 70]).command("history.undo");
    expect([test.snapshot.path, test.editor.lastSeq()]).toEqual(["encircle.idle", 1]);
    expect(test.snapshot.work.draft).toBeNull();
  });

  it("follows the pointer without a button and closes at a click", async () => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.use("encircle").click([35, 30]);
    expect(test.snapshot.path).toBe("encircle.tracing");
    for (const place of [
      [35, 50],
      [50, 50],
      [50, 30],
    ] as const) {
      test.pointer("pointer_move", place, { buttons: 0 });
    }
    expect(test.snapshot.work.draft).toMatchObject({ kind: "path", closes: true });
    test.click([45, 30]);
    expect([test.snapshot.path, test.snapshot.work.draft]).toEqual(["encircle.idle", null]);
    expect([test.labelAt(40, 40), test.snapshot.selected, test.area(9)]).toEqual([9, 9, 300]);
    expectOneStep(test, before);
  });

  it("closes where a drag ends, by itself at its start, and with Enter", async () => {
    const test = await withTwoCells();
    const corners = [
      [35, 30],
      [35, 50],
      [50, 50],
      [50, 30],
    ] as const;
    test.use("encircle").drag(corners);
    expect(test.area(9)).toBe(300);
    test.click([2, 60]);
    for (const place of [
      [2, 75],
      [24, 75],
      [24, 60],
      [4, 60],
    ] as const) {
      test.pointer("pointer_move", place, { buttons: 0 });
    }
    expect([test.snapshot.path, test.labelAt(10, 70)]).toEqual(["encircle.idle", 10]);
    test.click([45, 2]).pointer("pointer_move", [45, 12], { buttons: 0 });
    test.pointer("pointer_move", [55, 12], { buttons: 0 }).command("review.accept");
    expect([test.snapshot.path, test.labelAt(47, 10)]).toEqual(["encircle.idle", 11]);
  });

  it("leaves nothing behind when it is given up", async () => {
    const test = await withTwoCells();
    test.use("encircle").click([35, 30]).pointer("pointer_move", [50, 50], { buttons: 0 });
    test.command("escape");
    expect([test.snapshot.path, test.snapshot.work.draft]).toEqual(["encircle.idle", null]);
    expect(test.editor.lastSeq()).toBe(0);
  });
});

describe("polygon", () => {
  it("takes corner by corner, gives the last one back, closes at the first", async () => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.use("polygon").click([30, 30]).click([30, 50]).click([55, 70]);
    test.command("history.undo").click([50, 50]).click([50, 30]);
    test.pointer("pointer_move", [40, 40], { buttons: 0 });
    expect(test.snapshot.path).toBe("polygon.open");
    test.click([30, 30]);
    expect([test.snapshot.path, test.area(9), test.labelAt(54, 69)]).toEqual([
      "polygon.idle",
      400,
      0,
    ]);
    expectOneStep(test, before);
  });

  it("goes on with the selected cell when it starts on it, and protects the others", async () => {
    const test = await withTwoCells();
    test.editor.select(5);
    test.use("polygon").click([12, 12]).click([12, 28]).click([18, 28]).click([18, 12]);
    test.command("shape.finish");
    expect([test.labelAt(15, 21), test.area(8)]).toEqual([5, 100]);
    test.command("write_mode.toggle");
    test.click([12, 12]).click([12, 28]).click([18, 28]).click([18, 12]).command("shape.finish");
    expect(test.area(8)).toBeLessThan(100);
  });
});

describe("tools of a click", () => {
  it("flood fills background, and cells only in overwrite mode", async () => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.editor.select(5);
    test.use("flood").click([12, 25]);
    expect([test.area(8), test.snapshot.work.notice]).toEqual([
      100,
      expect.stringContaining("(P)"),
    ]);
    test.command("write_mode.toggle").click([12, 25]);
    expect([test.area(8), test.area(5), test.snapshot.work.notice]).toEqual([0, 200, null]);
    expectOneStep(test, before);
    test.click([50, 50]);
    expect(test.area(5)).toBe(60 * 80);
  });

  it("trim keeps the part that was clicked", async () => {
    const test = await withTwoCells();
    test.editor.select(5);
    test.use("brush", 2).click([50, 50]);
    const before = test.data().slice();
    test.use("trim").click([50, 50]);
    expect([test.labelAt(12, 12), test.labelAt(50, 50)]).toEqual([0, 5]);
    expectOneStep(test, before);
  });

  it("replace and swap labels, in this frame or in all", async () => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.editor.select(5);
    test.use("swap_labels").click([12, 25]);
    expect([test.labelAt(12, 12), test.labelAt(12, 25)]).toEqual([8, 5]);
    expectOneStep(test, before);
    test.editor.setToolOptions({ frameScope: "all" });
    test.editor.select(8);
    test.command("label.copy_to_next").command("frame.previous").use("replace");
    test.editor.select(77);
    test.click([12, 12]);
    expect([test.labelAt(12, 12), test.labelAt(12, 12, "whole_cell", 1)]).toEqual([77, 77]);
  });

  it("expand makes a cell of a nucleus", async () => {
    const test = await withImage();
    test.editor.setCompartment("nuclear");
    test.use("brush", 2).click([8, 8]);
    const label = test.labelAt(8, 8, "nuclear");
    test.use("expand").click([8, 8]);
    expect(test.snapshot.compartment).toBe("whole_cell");
    expect([test.labelAt(8, 8), test.labelAt(8, 15), test.labelAt(8, 17)]).toEqual([
      label,
      label,
      0,
    ]);
    test.command("history.undo").editor.select(label);
    test.command("label.expand");
    expect(test.labelAt(8, 15)).toBe(label);
  });

  it("wand and threshold fill what is bright, each as a new cell", async () => {
    const test = await withImage();
    test.editor.select(5);
    test.command("label.delete").use("wand");
    test.editor.setToolOptions({ wandTolerance: 0.5 });
    test.click([30, 30]);
    expect([test.labelAt(30, 46), test.labelAt(5, 5)]).toEqual([6, 0]);
    test
      .command("history.undo")
      .use("threshold")
      .drag([
        [18, 18],
        [42, 38],
      ]);
    expect([test.labelAt(30, 30), test.labelAt(30, 46)]).toEqual([test.snapshot.selected, 0]);
    expect(test.snapshot.selected).toBeGreaterThan(5);
  });
});

describe("split and merge", () => {
  it("two clicks split a cell where it is darkest between them", async () => {
    const test = await withImage();
    const before = test.data().slice();
    test.use("watershed").click([30, 30]);
    expect(test.snapshot.work.draft).toEqual({ kind: "marks", pixels: [{ row: 30, col: 30 }] });
    test.click([5, 5]);
    expect(test.snapshot.work.notice).not.toBeNull();
    test.click([30, 46]);
    expect([test.labelAt(30, 30), test.labelAt(30, 36), test.labelAt(30, 40)]).toEqual([5, 5, 6]);
    expectOneStep(test, before);
  });

  it("a line splits the cell that it crosses", async () => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.use("split").drag([
      [5, 15],
      [30, 15],
    ]);
    expect(new Set([test.labelAt(15, 11), test.labelAt(15, 18)])).toEqual(new Set([5, 9]));
    expect(test.area(5) + test.area(9)).toBe(100);
    expectOneStep(test, before);
    test.drag([
      [45, 45],
      [55, 55],
    ]);
    expect(test.snapshot.work.notice).toContain("does not cut");
  });

  it("a drag or a click merges, and the first keeps its label", async () => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.use("merge").drag([
      [12, 12],
      [12, 25],
    ]);
    expect([test.area(5), test.area(8), test.snapshot.selected]).toEqual([200, 0, 5]);
    expectOneStep(test, before);
    test.command("history.undo").editor.select(8);
    test.click([12, 12]);
    expect([test.area(5), test.area(8)]).toEqual([0, 200]);
  });

  it("a box and a lasso delete what lies mostly inside", async () => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.use("delete_box").drag([
      [8, 8],
      [25, 22],
    ]);
    expect([test.area(5), test.area(8)]).toEqual([0, 100]);
    expectOneStep(test, before);
    test.use("delete_lasso").drag([
      [5, 18],
      [5, 40],
      [25, 40],
      [25, 18],
    ]);
    expect(test.area(8)).toBe(0);
  });
});

describe("an eraser bound to its start", () => {
  it("touches only that label, even when overwriting", async () => {
    const test = await withTwoCells();
    test.editor.setToolOptions({ eraseOnlyStart: true });
    test.editor.setWriteMode("overwrite");
    const across = [
      [12, 12],
      [12, 28],
    ] as const;
    test.use("erase", 1).drag(across);
    expect([test.area(5) < 100, test.area(8)]).toEqual([true, 100]);
    const before = test.data().slice();
    test.drag([
      [40, 40],
      [12, 12],
    ]);
    expect(test.data()).toEqual(before);
  });
});

describe("select", () => {
  it("goes on to the label that the other compartment has there", async () => {
    const test = await withImage();
    test.editor.select(5);
    test.command("label.copy_to_compartment");
    test.editor.setCompartment("whole_cell");
    test.editor.select(0);
    const seen = [0, 1, 2].map(() => {
      test.use("select").click([30, 30]);
      return [test.snapshot.compartment, test.snapshot.selected];
    });
    expect(seen).toEqual([
      ["whole_cell", 5],
      ["nuclear", 5],
      ["whole_cell", 5],
    ]);
  });
});
