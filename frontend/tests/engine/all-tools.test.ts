import { describe, expect, it } from "vitest";
import { TOOLS, type WorkerPort } from "../../src/engine";
import { labelImage, runOperation } from "../../src/model";
import { settle, TestEditor } from "./test-editor";
import { withTwoCells } from "./two-cells";

const SHAPE = { nFrames: 3, nRows: 60, nCols: 80 };

/** Two bright discs that touch, under one label 5, in the first of three frames. */
async function withImage(worker: WorkerPort | null = null): Promise<TestEditor> {
  const size = SHAPE.nRows * SHAPE.nCols;
  const data = new Uint8Array(3 * size);
  const cells = new Uint32Array(3 * size);
  for (let at = 0; at < size; at++) {
    const [row, col] = [Math.floor(at / SHAPE.nCols), at % SHAPE.nCols];
    const away = Math.min(Math.hypot(row - 30, col - 30), Math.hypot(row - 30, col - 46));
    data[at] = away < 10 ? 200 - 8 * away : 0;
    cells[at] = away < 10 ? 5 : 0;
  }
  const labels = {
    whole_cell: labelImage(cells, SHAPE),
    nuclear: labelImage(new Uint32Array(3 * size), SHAPE),
  };
  return TestEditor.open({
    shape: SHAPE,
    labels,
    worker,
    channels: [{ name: "membrane", role: "membrane", data }],
  });
}

/** One undo takes all of it back. */
function expectOneStep(test: TestEditor, before: Uint32Array): void {
  expect(test.data()).not.toEqual(before);
  test.command("history.undo");
  expect(test.data()).toEqual(before);
  test.command("history.redo");
  expect(test.data()).not.toEqual(before);
}

it("each tool has a command, a key and a hint of its own", async () => {
  const test = await withTwoCells();
  for (const { id, hint } of TOOLS) {
    test.command(`tool.${id}`);
    expect([test.snapshot.tool, test.snapshot.path]).toEqual([id, `${id}.idle`]);
    expect(hint.endsWith(".")).toBe(true);
  }
});

describe("encircle", () => {
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

describe("actions on the selected cell", () => {
  it.each([
    ["label.grow", 144],
    ["label.shrink", 64],
    ["label.smooth", 88],
  ])("%s", async (id, area) => {
    const test = await withTwoCells();
    const before = test.data().slice();
    test.editor.select(5);
    test.editor.setWriteMode("overwrite");
    test.command(id);
    expect(test.area(5)).toBe(area);
    expectOneStep(test, before);
  });

  it("fill holes", async () => {
    const test = await withTwoCells();
    test.editor.select(5);
    test.use("erase", 2).click([15, 15]);
    expect(test.area(5)).toBeLessThan(100);
    test.command("label.fill_holes");
    expect(test.area(5)).toBe(100);
    test.command("label.fill_holes");
    expect(test.snapshot.work.notice).toContain("no holes");
  });

  it("copy to the other compartment and to frames, and interpolate between them", async () => {
    const test = await withImage();
    test.editor.select(5);
    test.command("label.copy_to_compartment");
    expect([test.snapshot.compartment, test.area(5, "nuclear")]).toEqual(["nuclear", test.area(5)]);
    test.editor.setCompartment("whole_cell");
    test.command("label.copy_to_next").command("label.copy_to_next");
    const area = test.area(5) / 3;
    expect(test.snapshot.frame).toBe(2);
    test.editor.setFrame(1);
    test.command("label.delete").editor.select(5);
    test.command("label.interpolate");
    expect(test.area(5)).toBe(3 * area);
    expect(test.editor.run("label.interpolate")).toBe(false);
  });

  it("say why they do nothing", async () => {
    const test = await withTwoCells();
    test.command("label.grow");
    expect(test.snapshot.work.notice).toBe("Select a cell first.");
    test.editor.select(5);
    test.command("label.autofit");
    expect(test.snapshot.work.notice).toBe("The image is still loading.");
    test.command("label.copy_to_previous");
    expect(test.snapshot.work.notice).toBe("There is no such frame.");
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

describe("checking cell by cell", () => {
  it("goes from the most doubtful to the least", async () => {
    const test = await withTwoCells();
    test.use("brush", 1).command("label.new").click([50, 50]);
    test.command("review.next");
    expect(test.snapshot.selected).toBe(9);
    test.editor.setDoubt(
      new Map([
        [5, 0.1],
        [8, 0.9],
      ]),
    );
    test.command("review.next");
    const seen = [1, 2, 3].map(() => {
      test.command("review.accept");
      return test.snapshot.selected;
    });
    expect(seen).toEqual([5, 9, 0]);
    expect([...test.snapshot.work.checked]).toEqual([8, 5, 9]);
    expect(test.editor.lastSeq()).toBe(1);
    test.editor.select(5);
    test.command("review.uncheck");
    expect(test.snapshot.work.checked.has(5)).toBe(false);
  });
});

/** A worker whose answers wait until the test lets them go. */
class SlowWorker implements WorkerPort {
  private waiting: (() => void)[] = [];
  isBroken = false;
  nRuns = 0;

  run: WorkerPort["run"] = (_op, job) =>
    new Promise((resolve, reject) => {
      this.nRuns++;
      this.waiting.push(() =>
        this.isBroken ? reject(new Error("The worker died.")) : resolve(runOperation(job)),
      );
    });

  async answer(): Promise<void> {
    for (const go of this.waiting.splice(0)) {
      go();
    }
    await settle();
  }
}

describe("heavy operations in a worker", () => {
  it("leave the editor usable and come as one step", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    const before = test.data().slice();
    test.use("watershed").click([30, 30]).click([30, 46]);
    expect([test.snapshot.work.busy, test.data()]).toEqual(["watershed", before]);
    test.use("brush", 1).click([5, 70]);
    const painted = test.data().slice();
    await worker.answer();
    expect([test.snapshot.work.busy, test.labelAt(30, 46)]).toEqual([null, 6]);
    expectOneStep(test, painted);
  });

  it("are computed again when their pixels changed meanwhile, and wait for a gesture", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    test.use("watershed").click([30, 30]).click([30, 46]);
    test.use("erase", 2).click([30, 24]);
    await worker.answer();
    expect([worker.nRuns, test.labelAt(30, 46)]).toEqual([2, 5]);
    test.pointer("pointer_down", [5, 5]);
    await worker.answer();
    expect(test.labelAt(30, 46)).toBe(5);
    test.pointer("pointer_up", [5, 5]);
    expect([test.labelAt(30, 46), test.labelAt(30, 24)]).toEqual([6, 0]);
    expect(test.snapshot.work.busy).toBeNull();
  });

  it("are those on a large window too, but not a flood, which looks only at what it fills", async () => {
    const shape = { nFrames: 1, nRows: 1024, nCols: 1024 };
    const labels = { whole_cell: labelImage(new Uint32Array(1024 * 1024), shape) };
    const worker = new SlowWorker();
    const test = await TestEditor.open({ shape, labels, worker });
    test.use("brush", 20).click([500, 500]).use("erase", 9).click([500, 500]);
    test.use("flood").click([500, 500]);
    expect([worker.nRuns, test.labelAt(500, 500)]).toEqual([0, 1]);
    test.use("delete_box").drag([
      [0, 0],
      [1023, 1023],
    ]);
    expect([worker.nRuns, test.area(1) > 0]).toEqual([1, true]);
    await worker.answer();
    expect(test.area(1)).toBe(0);
  });

  it("are done here when the worker cannot", async () => {
    const worker = new SlowWorker();
    worker.isBroken = true;
    const test = await withImage(worker);
    test.editor.select(5);
    test.use("erase", 4).click([30, 30]);
    const area = test.area(5);
    test.command("label.autofit");
    await worker.answer();
    expect(test.area(5)).toBeGreaterThan(area);
  });

  it("give up after three tries", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    test.use("watershed").click([30, 30]).click([30, 46]);
    for (const col of [22, 24, 26]) {
      test.use("erase", 1).click([30, col]);
      await worker.answer();
    }
    expect([worker.nRuns, test.snapshot.work.busy]).toEqual([3, null]);
    expect(test.snapshot.work.notice).toContain("try again");
    expect(test.labelAt(30, 46)).toBe(5);
  });
});
