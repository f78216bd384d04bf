import { describe, expect, it } from "vitest";
import vectors from "../../../tests/contract/marks.json";
import {
  applyMarks,
  DivergingMarks,
  editChecksum,
  InvalidMarks,
  type MarkChange,
  type MarkValue,
  marksText,
  parseMarks,
  polygonMask,
  readMarks,
  reverseMarks,
} from "../../src/model";

type Repeated = { before: string; part: string; times: number; after: string };

const textOf = (vector: { marks?: string; repeated?: Repeated }): string =>
  vector.repeated === undefined
    ? (vector.marks as string)
    : vector.repeated.before +
      vector.repeated.part.repeat(vector.repeated.times) +
      vector.repeated.after;

const bytesOf = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe("texts of marks", () => {
  it.each(vectors.valid)("$name", ({ marks, canonical, changes, diff_hex, checksum }) => {
    expect(parseMarks(marks)).toEqual(changes);
    expect(editChecksum(bytesOf(diff_hex), marks)).toBe(checksum);
    if (canonical) {
      expect(marksText(changes as unknown as MarkChange[])).toBe(marks);
    }
  });

  it.each(vectors.invalid)("refused: $name", (vector) => {
    expect(() => parseMarks(textOf(vector))).toThrow(InvalidMarks);
  });
});

const held = (values: object): Map<string, MarkValue> =>
  readMarks(values as Record<string, unknown>);

describe("marks and their changes", () => {
  it.each(vectors.applied)("$name", ({ before, marks, after, inverse }) => {
    const state = held(before);
    const changes = parseMarks(marks);
    applyMarks(state, changes);
    expect(state).toEqual(held(after));
    expect(reverseMarks(changes)).toEqual(parseMarks(inverse));
    applyMarks(state, reverseMarks(changes));
    expect(state).toEqual(held(before));
  });

  it.each(vectors.diverging)("$name does not fit", ({ before, marks, key }) => {
    const state = held(before);
    expect(() => applyMarks(state, parseMarks(marks))).toThrow(
      expect.objectContaining({ key, constructor: DivergingMarks }),
    );
    expect(state).toEqual(held(before));
  });
});

describe("regions as pixels", () => {
  it.each(vectors.regions)("$name", ({ points, shape, mask }) => {
    const [nRows = 0, nCols = 0] = shape;
    const found = polygonMask(
      points.map(([y = 0, x = 0]) => ({ x, y })),
      { nRows, nCols },
    );
    const rows = mask.map(() => new Array<string>(nCols).fill("0"));
    found?.data.forEach((isIn, i) => {
      const { row, col, width } = found.window;
      rows[row + Math.floor(i / width)][col + (i % width)] = `${isIn}`;
    });
    expect(rows.map((row) => row.join(""))).toEqual(mask);
  });
});
