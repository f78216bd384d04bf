import { describe, expect, it } from "vitest";
import type { JournalPort, SavePort } from "../../src/engine";
import { LabelDocument, labelImage, labelsChecksum } from "../../src/model";
import { Random } from "../model/random";
import { emptyLabels, settle, TestEditor, TestTime } from "./test-editor";

function oneCompartment(data: Uint32Array, nRows: number, nCols: number) {
  const shape = { nFrames: 1, nRows, nCols };
  return { shape, labels: { whole_cell: labelImage(data, shape) } };
}

/** Everything there is to do with the selected label and the place, and back again. */
function doEverything(test: TestEditor, [row, col]: readonly [number, number]): void {
  const before = test.data().slice();
  const { nRows, nCols } = test.shape;
  const far = [nRows - 1, nCols - 1] as const;
  test
    .use("brush", 2)
    .drag([[row, col], far])
    .use("erase", 1)
    .click([row, col]);
  for (const tool of ["flood", "trim", "wand", "replace", "swap_labels", "expand"] as const) {
    test.use(tool).click([row, col]).click(far);
  }
  for (const tool of ["threshold", "split", "merge", "delete_box", "delete_lasso"] as const) {
    test.use(tool).drag([[row, col], far]);
  }
  for (const tool of ["encircle", "polygon", "watershed"] as const) {
    test
      .use(tool)
      .click([0, 0])
      .click(far)
      .click([0, nCols - 1])
      .command("shape.finish");
  }
  for (const mode of ["protect", "overwrite"] as const) {
    test.editor.setWriteMode(mode);
    for (const id of [
      "fill_holes",
      "grow",
      "shrink",
      "smooth",
      "autofit",
      "expand",
      "expand_all",
    ]) {
      test.editor.select(test.labelAt(row, col) || test.labelAt(0, 0));
      test.command(`label.${id}`);
    }
  }
  while (test.snapshot.canUndo) {
    test.command("history.undo");
  }
  expect(test.data()).toEqual(before);
}

function constantChannel(shape: { nRows: number; nCols: number }, value: number) {
  const data = new Uint16Array(shape.nRows * shape.nCols).fill(value);
  return [{ name: "constant", role: "membrane", data }];
}

describe("every tool comes through", () => {
  it.each([
    ["one pixel", 1, 1],
    ["one row of 4096 pixels", 1, 4096],
    ["one column of 500 pixels", 500, 1],
    ["two by three", 2, 3],
    ["an ordinary crop", 40, 60],
  ])("%s, under a constant channel", async (_name, nRows, nCols) => {
    for (const label of [0, 1, 2 ** 24 + 1, 0xfffffffe]) {
      const image = oneCompartment(new Uint32Array(nRows * nCols).fill(label), nRows, nCols);
      for (const value of [0, 65535]) {
        const channels = constantChannel(image.shape, value);
        const test = await TestEditor.open({ ...image, channels });
        doEverything(test, [nRows >> 1, nCols >> 1]);
        test.editor.dispose();
      }
    }
  });

  it("an image of no numbers", async () => {
    const image = oneCompartment(new Uint32Array(600).fill(7, 100, 300), 20, 30);
    const data = new Float32Array(600).fill(Number.NaN);
    data.set([Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY], 200);
    const channels = [{ name: "broken", role: "membrane", data }];
    doEverything(await TestEditor.open({ ...image, channels }), [7, 7]);
  });

  it("no image at all, and an empty label image", async () => {
    doEverything(await TestEditor.open(), [20, 20]);
  });
});

describe("labels above 2^24", () => {
  it("are told apart in the last digit by every tool that compares them", async () => {
    const shape = { nFrames: 1, nRows: 20, nCols: 40 };
    const labels = emptyLabels(shape);
    for (let row = 5; row < 15; row++) {
      labels.whole_cell?.data.fill(2 ** 24 + 1, row * 40 + 5, row * 40 + 15);
      labels.whole_cell?.data.fill(2 ** 24 + 2, row * 40 + 15, row * 40 + 25);
    }
    const test = await TestEditor.open({ shape, labels });
    test.use("trim").click([10, 10]);
    expect([test.area(2 ** 24 + 1), test.area(2 ** 24 + 2)]).toEqual([100, 100]);
    test.use("split").drag([
      [2, 10],
      [18, 10],
    ]);
    const halves = [test.labelAt(10, 6), test.labelAt(10, 13), test.labelAt(10, 20)];
    expect(halves).toEqual([2 ** 24 + 1, 2 ** 24 + 3, 2 ** 24 + 2]);
    test.editor.select(2 ** 24 + 2);
    test.command("label.delete");
    expect([test.area(2 ** 24 + 2), test.labelAt(10, 13)]).toEqual([0, 2 ** 24 + 3]);
  });

  it("a new label is free even when the highest one is taken", () => {
    const document = new LabelDocument(
      oneCompartment(Uint32Array.of(0, 1, 0xffffffff), 1, 3).labels,
    );
    expect(document.nextLabel()).toBe(2);
  });
});

describe("a hundred thousand labels", () => {
  it("are opened, edited, walked through and undone", async () => {
    const [nRows, nCols] = [960, 960];
    // Squares of two by two pixels with a pixel between them.
    const data = new Uint32Array(nRows * nCols);
    let label = 0;
    for (let row = 0; row + 1 < nRows; row += 3) {
      for (let col = 0; col + 1 < nCols; col += 3) {
        label++;
        data.fill(label, row * nCols + col, row * nCols + col + 2);
        data.fill(label, (row + 1) * nCols + col, (row + 1) * nCols + col + 2);
      }
    }
    const test = await TestEditor.open(oneCompartment(data, nRows, nCols));
    expect(test.snapshot.nInstances).toBe(102_400);
    const before = labelsChecksum(labelImage(data, test.shape));
    test.use("delete_box").drag([
      [0, 0],
      [500, 500],
    ]);
    expect(test.snapshot.nInstances).toBe(102_400 - 167 * 167);
    test
      .command("history.undo")
      .use("merge")
      .drag([
        [0, 0],
        [900, 900],
      ]);
    expect(test.area(1)).toBe(8);
    test.command("history.undo").editor.setDoubt(new Map([[77_000, 1]]));
    test.command("review.next");
    expect(test.snapshot.selected).toBe(77_000);
    test.command("review.accept").editor.setView({ colorBy: "area" });
    expect(labelsChecksum(labelImage(data, test.shape))).toBe(before);
  });
});

describe("a hostile world", () => {
  /** Storage that throws at once, not only later. */
  const throwing: JournalPort = {
    read: () => {
      throw new Error("The operation is insecure.");
    },
    append: () => {
      throw new Error("The quota is exceeded.");
    },
    dropThrough: () => {
      throw new Error("The database is gone.");
    },
  };

  it("storage that throws costs the journal, not the work", async () => {
    const test = await TestEditor.open({ journal: throwing });
    test.use("brush", 3).click([20, 20]).command("label.grow");
    await test.editor.flush();
    expect(test.snapshot).toMatchObject({ journalWorks: false, save: { kind: "saved" } });
    expect(test.area(1)).toBeGreaterThan(28);
  });

  it("a clock that jumps, both ways and to no number, loses no edit", async () => {
    const time = new TestTime();
    const sent: number[] = [];
    const save: SavePort = {
      send: async (edits) => {
        sent.push(...edits.map(({ seq }) => seq));
        expect(edits.every(({ active_s }) => Number.isFinite(active_s) && active_s >= 0)).toBe(
          true,
        );
        return { kind: "saved", lastSeq: edits[edits.length - 1].seq };
      },
    };
    const test = await TestEditor.open({ time, save });
    const random = new Random(9);
    test.use("brush", 2);
    for (let i = 0; i < 40; i++) {
      test.click([random.int(0, 60), random.int(0, 80)]).command("label.new");
      time.jump(random.pick([-86_400_000, 3_600_000, 1e11, -1e11, 17]));
      await time.pass(300);
    }
    await test.editor.flush();
    await settle();
    expect(sent).toEqual(Array.from({ length: test.editor.lastSeq() }, (_, i) => i + 1));
  });
});
