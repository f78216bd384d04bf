import { describe, expect, it } from "vitest";
import {
  applyDiff,
  changedPixels,
  composeDiffs,
  DivergingDiff,
  decodeDiff,
  diffLabels,
  encodeDiff,
  fromBase64,
  InvalidDiff,
  type LabelDiff,
  labelImage,
  reverseDiff,
  toBase64,
} from "../../src/model";
import { Random } from "./random";

const N_CASES = 400;

interface Case {
  readonly before: Uint32Array;
  readonly after: Uint32Array;
  readonly nRows: number;
  readonly nCols: number;
  readonly diff: LabelDiff | null;
}

function randomCase(seed: number): Case {
  const random = new Random(seed);
  const nRows = random.int(1, 24);
  const nCols = random.int(1, 24);
  const before = random.labels(nRows, nCols, random.int(0, 6));
  const after = before.slice();
  random.addBlocks(after, nCols, random.int(0, 4));
  const plane = { compartment: random.compartment(), frame: 0, nRows, nCols };
  return { before, after, nRows, nCols, diff: diffLabels(before, after, plane) };
}

function image(c: Case, data: Uint32Array) {
  return labelImage(data.slice(), { nFrames: 1, nRows: c.nRows, nCols: c.nCols });
}

describe("laws of label diffs", () => {
  it.each(Array.from({ length: N_CASES }, (_, seed) => seed))("hold for case %i", (seed) => {
    const c = randomCase(seed);
    if (c.diff === null) {
      expect(c.after).toEqual(c.before);
      return;
    }
    const labels = image(c, c.before);
    applyDiff(labels, c.diff);
    expect(labels.data).toEqual(c.after);
    applyDiff(labels, reverseDiff(c.diff));
    expect(labels.data).toEqual(c.before);
    expect(decodeDiff(encodeDiff(c.diff))).toEqual(c.diff);
    expect(decodeDiff(encodeDiff(reverseDiff(c.diff)))).toEqual(reverseDiff(c.diff));
    const nChanged = c.before.filter((label, i) => label !== c.after[i]).length;
    expect(changedPixels(c.diff)).toBe(nChanged);
  });

  it("squashes two diffs into the one between the ends", () => {
    for (let seed = 0; seed < N_CASES; seed++) {
      const c = randomCase(seed);
      const last = c.after.slice();
      new Random(seed + 1000).addBlocks(last, c.nCols, 3);
      const plane = { compartment: "nuclear", frame: 0, nRows: c.nRows, nCols: c.nCols } as const;
      const first = diffLabels(c.before, c.after, plane);
      const second = diffLabels(c.after, last, plane);
      if (first !== null && second !== null) {
        expect(composeDiffs(first, second)).toEqual(diffLabels(c.before, last, plane));
        expect(composeDiffs(first, reverseDiff(first))).toBeNull();
      }
    }
  });
});

describe("a diff that does not fit", () => {
  const plane = { compartment: "whole_cell", frame: 0, nRows: 2, nCols: 3 } as const;
  const diff = diffLabels(
    Uint32Array.of(0, 0, 0, 0, 0, 0),
    Uint32Array.of(0, 5, 5, 0, 5, 0),
    plane,
  );

  it("touches no pixel when an old label differs, and says where", () => {
    const labels = labelImage(Uint32Array.of(0, 0, 0, 0, 9, 0), { nFrames: 1, nRows: 2, nCols: 3 });
    expect(() => applyDiff(labels, diff as LabelDiff)).toThrow(
      new DivergingDiff({ row: 1, col: 1, expected: 0, found: 9 }),
    );
    expect(labels.data).toEqual(Uint32Array.of(0, 0, 0, 0, 9, 0));
  });

  it("touches no pixel wherever the first one that differs is", () => {
    const random = new Random(12);
    for (let seed = 0; seed < N_CASES; seed += 5) {
      const c = randomCase(seed);
      if (c.diff !== null) {
        const wrong = c.before.slice();
        const changed = [...wrong.keys()].filter((at) => c.before[at] !== c.after[at]);
        const at = random.pick(changed);
        wrong[at] += 1;
        const labels = image(c, wrong);
        const [row, col] = [Math.floor(at / c.nCols), at % c.nCols];
        expect(() => applyDiff(labels, c.diff as LabelDiff)).toThrow(
          new DivergingDiff({ row, col, expected: c.before[at], found: wrong[at] }),
        );
        expect(labels.data).toEqual(wrong);
      }
    }
  });

  it("is refused outside the image and in a frame that is not there", () => {
    const small = labelImage(new Uint32Array(4), { nFrames: 1, nRows: 2, nCols: 2 });
    expect(() => applyDiff(small, diff as LabelDiff)).toThrow(
      "covers frame 0, rows 0 to 2, columns 1 to 3, outside a label image of 1 x 2 x 2",
    );
    const flat = labelImage(new Uint32Array(6), { nFrames: 1, nRows: 2, nCols: 3 });
    expect(() => applyDiff(flat, { ...(diff as LabelDiff), frame: 1 })).toThrow(InvalidDiff);
  });

  it("cannot be squashed with one of another plane, nor with one that does not follow", () => {
    const one = diff as LabelDiff;
    expect(() => composeDiffs(one, { ...one, frame: 1 })).toThrow("of different planes");
    expect(() => composeDiffs(one, one)).toThrow(DivergingDiff);
  });
});

describe("base64", () => {
  it("gives back every byte for every length", () => {
    const random = new Random(3);
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, () => random.int(0, 256));
      const text = toBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64"));
      expect(fromBase64(text)).toEqual(bytes);
    }
    const long = new Uint8Array(20000).fill(77);
    expect(fromBase64(toBase64(long))).toEqual(long);
  });

  it("refuses other letters and lengths", () => {
    expect(() => fromBase64("AAA")).toThrow("3 letters are no base64");
    expect(() => fromBase64("A*AA")).toThrow('Letter 2 of the base64 text is "*"');
    expect(() => fromBase64("A=AA")).toThrow('Letter 2 of the base64 text is "="');
  });
});
