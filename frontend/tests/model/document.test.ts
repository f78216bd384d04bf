import { describe, expect, it } from "vitest";
import {
  applyMarks,
  type Change,
  COMPARTMENTS,
  type Compartment,
  GestureError,
  History,
  InstanceIndex,
  InvalidDiff,
  InvalidLabels,
  type LabelDiff,
  LabelDocument,
  type LoggedChange,
  labelImage,
  type MarkValue,
  type Step,
} from "../../src/model";
import { Random } from "./random";

const SHAPE = { nFrames: 2, nRows: 150, nCols: 97 };

function randomDocument(random: Random): LabelDocument {
  const data = () =>
    Uint32Array.from([
      ...random.labels(SHAPE.nRows, SHAPE.nCols, 30),
      ...random.labels(SHAPE.nRows, SHAPE.nCols, 30),
    ]);
  return new LabelDocument({
    whole_cell: labelImage(data(), SHAPE),
    nuclear: labelImage(data(), SHAPE),
  });
}

function bytesOf(document: LabelDocument): Uint32Array[] {
  return COMPARTMENTS.map((name) => document.image(name).data.slice());
}

function applyAll(document: LabelDocument, diffs: readonly LabelDiff[]) {
  for (const diff of diffs) {
    document.apply(diff);
  }
}

function diffsOf(changes: readonly Change[]): LabelDiff[] {
  return changes.flatMap(({ diff }) => diff ?? []);
}

function scribble(document: LabelDocument, random: Random) {
  const gesture = document.begin();
  for (let i = random.int(1, 4); i > 0; i--) {
    const writer = gesture.writer({ compartment: random.compartment(), frame: random.int(0, 2) });
    const col = random.int(0, SHAPE.nCols);
    const end = random.int(col + 1, SHAPE.nCols + 1);
    const label = random.int(0, 12);
    const only = random.chance(0.5) ? random.int(0, 12) : undefined;
    for (let row = random.int(0, SHAPE.nRows); row < SHAPE.nRows && random.chance(0.95); row++) {
      writer.fillSpan(row, col, end, { label, only });
    }
  }
  return gesture;
}

function expectSameAsRebuilt(document: LabelDocument, compartment: Compartment, frame: number) {
  const kept = document.index({ compartment, frame });
  const rebuilt = new InstanceIndex(document.plane({ compartment, frame }), SHAPE);
  expect(kept.labels()).toEqual(rebuilt.labels());
  for (const label of rebuilt.labels()) {
    const [a, b] = [kept.get(label), rebuilt.get(label)];
    expect([a?.areaPx, a?.window]).toEqual([b?.areaPx, b?.window]);
    expect(a?.centroid.row).toBeCloseTo(b?.centroid.row ?? Number.NaN, 6);
    expect(a?.centroid.col).toBeCloseTo(b?.centroid.col ?? Number.NaN, 6);
  }
}

describe("gestures", () => {
  it("cancelled, restore every byte", () => {
    const random = new Random(1);
    const document = randomDocument(random);
    const before = bytesOf(document);
    for (let i = 0; i < 100; i++) {
      scribble(document, random).cancel();
    }
    expect(bytesOf(document)).toEqual(before);
  });

  it("all undone, restore every byte; all redone, bring every byte back", () => {
    const random = new Random(2);
    const document = randomDocument(random);
    const history = new History();
    const before = bytesOf(document);
    for (let i = 0; i < 150; i++) {
      const diffs = scribble(document, random).finish();
      history.push({ tool: "test", changes: diffs.map((diff) => ({ diff, marks: [] })) });
    }
    const after = bytesOf(document);
    for (let changes = history.undo(); changes !== null; changes = history.undo()) {
      applyAll(document, diffsOf(changes));
    }
    expect(bytesOf(document)).toEqual(before);
    for (let changes = history.redo(); changes !== null; changes = history.redo()) {
      applyAll(document, diffsOf(changes));
    }
    expect(bytesOf(document)).toEqual(after);
  });

  it("keep the index equal to one built anew", () => {
    const random = new Random(3);
    const document = randomDocument(random);
    for (let i = 0; i < 40; i++) {
      scribble(document, random).finish();
      expectSameAsRebuilt(document, random.compartment(), random.int(0, 2));
    }
  });

  it("become at most one diff per plane, in order", () => {
    const document = randomDocument(new Random(4));
    const gesture = document.begin();
    for (const frame of [1, 0]) {
      for (const compartment of ["nuclear", "whole_cell"] as const) {
        gesture.writer({ compartment, frame }).fillSpan(3, 2, 9, { label: 77 });
        gesture.writer({ compartment, frame }).fillSpan(120, 80, 90, { label: 77 });
      }
    }
    expect(gesture.finish().map((diff) => [diff.compartment, diff.frame])).toEqual([
      ["whole_cell", 0],
      ["whole_cell", 1],
      ["nuclear", 0],
      ["nuclear", 1],
    ]);
  });

  it("are one at a time and end once", () => {
    const document = randomDocument(new Random(5));
    const gesture = document.begin();
    const diff = { compartment: "nuclear", frame: 0 } as LabelDiff;
    expect(() => document.begin()).toThrow("A gesture is still open");
    expect(() => document.apply(diff)).toThrow("cannot be applied during a gesture");
    expect(gesture.finish()).toEqual([]);
    expect(() => gesture.cancel()).toThrow(GestureError);
    expect(() => gesture.writer(diff)).toThrow("This gesture has ended");
  });
});

describe("labels of a document", () => {
  it("are never given away twice, in no compartment", () => {
    const images = {
      whole_cell: labelImage(Uint32Array.of(3, 0), { nFrames: 1, nRows: 1, nCols: 2 }),
      nuclear: labelImage(Uint32Array.of(0, 8), { nFrames: 1, nRows: 1, nCols: 2 }),
    };
    const document = new LabelDocument(images);
    expect(document.nextLabel()).toBe(9);
    const gesture = document.begin();
    const writer = gesture.writer({ compartment: "nuclear", frame: 0 });
    writer.fillSpan(0, 1, 2, { label: 0 });
    gesture.finish();
    expect(document.nextLabel()).toBe(9);
  });

  it("are the smallest free one when the highest is taken", () => {
    const data = Uint32Array.of(1, 2, 0xffffffff, 4);
    const shape = { nFrames: 1, nRows: 2, nCols: 2 };
    const document = new LabelDocument({ nuclear: labelImage(data, shape) });
    expect(document.nextLabel()).toBe(3);
    expect(document.labelAt({ compartment: "nuclear", frame: 0 }, { row: 1, col: 0 })).toBe(
      0xffffffff,
    );
    expect(document.labelAt({ compartment: "nuclear", frame: 0 }, { row: 2, col: 0 })).toBe(0);
  });

  it("follow each other round the end", () => {
    const plane = Uint32Array.of(5, 5, 9, 0, 2, 0);
    const index = new InstanceIndex(plane, { nRows: 2, nCols: 3 });
    const next = [0, 2, 5, 9].map((label) => index.neighbourInOrder(label, 1));
    const before = [0, 2, 5, 9].map((label) => index.neighbourInOrder(label, -1));
    expect(next).toEqual([2, 5, 9, 2]);
    expect(before).toEqual([9, 9, 2, 5]);
    expect(
      new InstanceIndex(new Uint32Array(4), { nRows: 2, nCols: 2 }).neighbourInOrder(3, 1),
    ).toBe(0);
    expect(index.looseWindow(5)).toEqual({ row: 0, col: 0, height: 1, width: 2 });
    expect(index.looseWindow(6)).toBeNull();
    expect(index.get(6)).toBeNull();
  });
});

describe("a document", () => {
  it("names what does not fit", () => {
    const shape = { nFrames: 1, nRows: 2, nCols: 2 };
    expect(() => labelImage(new Uint32Array(3), shape)).toThrow(
      "needs 4 labels and at least one, but 3",
    );
    expect(() => new LabelDocument({})).toThrow(InvalidLabels);
    const whole_cell = labelImage(new Uint32Array(4), shape);
    const nuclear = labelImage(new Uint32Array(2), { nFrames: 1, nRows: 1, nCols: 2 });
    expect(() => new LabelDocument({ whole_cell, nuclear })).toThrow(
      "The label image of nuclear is 1 x 1 x 2, but 1 x 2 x 2 was expected.",
    );
    const document = new LabelDocument({ whole_cell });
    expect(() => document.image("nuclear")).toThrow("no label image of nuclear");
    const diff = { compartment: "nuclear", frame: 0 } as LabelDiff;
    expect(() => document.apply(diff)).toThrow(InvalidDiff);
  });
});

/** What a log did is taken back as a whole, and made again without a change that does not fit. */
function expectAllUndone(log: readonly LoggedChange[]): void {
  const found = new History();
  const held = new Map<string, MarkValue>();
  const make = (changes: readonly Change[] | null) => {
    applyMarks(held, changes?.flatMap(({ marks }) => marks) ?? []);
  };
  for (const logged of log) {
    found.follow(logged);
    make([logged.change]);
  }
  const nBefore = held.size;
  while (found.canUndo) {
    make(found.undo());
  }
  expect(held).toEqual(new Map());
  while (found.canRedo) {
    make(found.redo());
  }
  expect(held.size).toBeGreaterThanOrEqual(nBefore);
}

describe("history", () => {
  const diff: LabelDiff = {
    compartment: "nuclear",
    frame: 0,
    window: { row: 0, col: 0, height: 1, width: 1 },
    runs: Uint32Array.of(0, 1, 0, 4),
  };
  const change = (n: number): Change => ({ diff, marks: [[`type/nuclear/${n}`, null, "a"]] });
  const step: Step = { tool: "brush", changes: [{ diff, marks: [] }] };

  it("forgets what was undone when a new step is made", () => {
    const history = new History();
    history.push(step);
    history.undo();
    expect([history.canUndo, history.canRedo]).toEqual([false, true]);
    history.push(step);
    expect([history.canUndo, history.canRedo]).toEqual([true, false]);
    expect(history.redo()).toBeNull();
  });

  it("forgets the oldest steps beyond its bytes, never the last one", () => {
    const history = new History(1000);
    for (let i = 0; i < 50; i++) {
      history.push(step);
    }
    let n = 0;
    while (history.undo() !== null) {
      n++;
    }
    expect(n).toBe(4);
    expect(history.bytes).toBeLessThanOrEqual(1000);
    const tiny = new History(1);
    tiny.push(step);
    expect(tiny.canUndo).toBe(true);
  });

  it("is found again from a log", () => {
    const history = new History();
    const tools = ["brush", "erase", "undo", "undo", "redo", "brush", "undo"];
    for (const [i, tool] of tools.entries()) {
      history.follow({ tool, group: `${i}`, change: step.changes[0] });
    }
    expect([history.canUndo, history.canRedo]).toEqual([true, true]);
    history.undo();
    expect(history.canUndo).toBe(false);
  });

  it("is the same whether it was lived or found in a log, wherever the log ends within a step", () => {
    const log: LoggedChange[] = [];
    const add = (tool: string, changes: readonly Change[] | null) => {
      const group = `${tool} ${log.length}`;
      log.push(...(changes ?? []).map((each) => ({ tool, group, change: each })));
    };
    const lived = new History();
    for (const [i, n] of [1, 3, 2].entries()) {
      const changes = Array.from({ length: n }, (_, k) => change(10 * i + k + 1));
      lived.push({ tool: "delete", changes });
      add("delete", changes);
    }
    add("undo", lived.undo());
    add("undo", lived.undo());
    add("redo", lived.redo());
    for (let end = 0; end <= log.length; end++) {
      expectAllUndone(log.slice(0, end));
    }
    const found = new History();
    for (const logged of log) {
      found.follow(logged);
    }
    expect([found.undo(), found.undo(), found.undo()]).toEqual([
      lived.undo(),
      lived.undo(),
      lived.undo(),
    ]);
  });
});
