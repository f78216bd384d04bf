import { describe, expect, it } from "vitest";
import { type Stroke, visitStroke } from "../../src/model";
import { Random } from "./random";

const SHAPE = { nRows: 60, nCols: 45 };

function covered(stroke: Stroke): Set<number> {
  const pixels = new Set<number>();
  visitStroke(stroke, SHAPE, (row, start, end) => {
    expect([row >= 0, row < SHAPE.nRows, start >= 0, start < end, end <= SHAPE.nCols]).toEqual(
      Array(5).fill(true),
    );
    for (let col = start; col < end; col++) {
      pixels.add(row * SHAPE.nCols + col);
    }
  });
  return pixels;
}

/** The definition, pixel by pixel. */
function expected({ from, to, radiusPx }: Stroke): Set<number> {
  const pixels = new Set<number>();
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  for (let row = 0; row < SHAPE.nRows; row++) {
    for (let col = 0; col < SHAPE.nCols; col++) {
      const [px, py] = [col + 0.5 - from.x, row + 0.5 - from.y];
      const length2 = dx * dx + dy * dy;
      const t = length2 > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length2)) : 0;
      const isNear = (px - t * dx) ** 2 + (py - t * dy) ** 2 <= radiusPx ** 2;
      const isUnder = [from, to].some((p) => Math.floor(p.x) === col && Math.floor(p.y) === row);
      if (isNear || isUnder) {
        pixels.add(row * SHAPE.nCols + col);
      }
    }
  }
  return pixels;
}

describe("a stroke", () => {
  it("covers the swept disc and nothing else", () => {
    const random = new Random(11);
    const place = () => ({ x: random.next() * 65 - 10, y: random.next() * 80 - 10 });
    for (let i = 0; i < 400; i++) {
      const from = place();
      const to = random.chance(0.3) ? from : place();
      const stroke = { from, to, radiusPx: random.pick([0, 0.4, 1, 3, 7.5, 20]) };
      expect(covered(stroke)).toEqual(expected(stroke));
    }
  });

  it("covers the known disc of radius 1 about a pixel", () => {
    const centre = { x: 10.5, y: 20.5 };
    const pixels = [...covered({ from: centre, to: centre, radiusPx: 1 })];
    expect(pixels.map((at) => [Math.floor(at / 45), at % 45])).toEqual([
      [19, 10],
      [20, 9],
      [20, 10],
      [20, 11],
      [21, 10],
    ]);
  });

  it("covers level and upright segments, where the long sides lie on the grid", () => {
    for (const to of [
      { x: 30.5, y: 10.5 },
      { x: 10.5, y: 40.5 },
    ]) {
      const stroke = { from: { x: 10.5, y: 10.5 }, to, radiusPx: 2 };
      expect(covered(stroke)).toEqual(expected(stroke));
    }
  });
});
