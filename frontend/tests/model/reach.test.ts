import { describe, expect, it } from "vitest";
import type { LabelPlane } from "../../src/model";
import { type Connectivity, fillFrom } from "../../src/model/operations/components";
import { reachFrom } from "../../src/model/operations/reach";
import { Random } from "./random";

/** Where the region lies, and its pixels one by one. */
function expectSameAsFilled(plane: LabelPlane, at: number, connectivity: Connectivity) {
  const cells = plane.labels.slice();
  const seed = { row: Math.floor(at / plane.nCols), col: at % plane.nCols };
  const filling = { from: plane.labels[at], to: 99, connectivity };
  const { window } = fillFrom(cells, plane, at, filling);
  const reached = reachFrom(plane, seed, connectivity);
  const found = plane.labels.slice();
  for (let i = 0; i < reached.spans.length; i += 3) {
    const [row, start, end] = reached.spans.subarray(i, i + 3);
    found.fill(99, row * plane.nCols + start, row * plane.nCols + end);
  }
  expect(reached.window).toEqual(window);
  expect(found).toEqual(cells);
}

/** One path of background, two pixels wide, that winds from side to side through the plane. */
function winding(nRows: number, nCols: number): LabelPlane {
  const labels = new Uint32Array(nRows * nCols);
  for (let row = 2; row < nRows; row += 3) {
    const isOpenLeft = (row / 3) % 2 < 1;
    labels.fill(7, row * nCols + (isOpenLeft ? 2 : 0), (row + 1) * nCols - (isOpenLeft ? 0 : 2));
  }
  return { nRows, nCols, labels };
}

describe("the region of a pixel", () => {
  it("is what a fill from pixel to pixel finds, joined by edges or by corners too", () => {
    const random = new Random(5);
    for (let i = 0; i < 60; i++) {
      const [nRows, nCols] = [random.int(1, 40), random.int(1, 60)];
      const share = 0.35 + 0.3 * random.next();
      const labels = Uint32Array.from({ length: nRows * nCols }, () => +random.chance(share));
      const plane = { nRows, nCols, labels };
      expectSameAsFilled(plane, random.int(0, labels.length), 4);
      expectSameAsFilled(plane, random.int(0, labels.length), 8);
    }
  });

  it("is found as a whole where it goes on beyond what was looked at first", () => {
    const plane = winding(700, 300);
    expectSameAsFilled(plane, 0, 4);
    expectSameAsFilled(plane, 350 * 300 + 150, 4);
    expectSameAsFilled(plane, plane.labels.length - 1, 8);
  });

  it("has pieces in C order, none of which touch in a row", () => {
    const { spans } = reachFrom(winding(90, 31), { row: 0, col: 0 }, 4);
    for (let i = 3; i < spans.length; i += 3) {
      const isLater = spans[i] > spans[i - 3] || spans[i + 1] > spans[i - 1];
      expect(isLater).toBe(true);
    }
  });
});
