import { describe, expect, it } from "vitest";
import {
  cropLabels,
  grownWindow,
  type LabelPlane,
  OPERATIONS,
  type OperationJob,
  type OperationPatch,
  type PixelWindow,
  patched,
  runOperation,
  shiftPatch,
} from "../../src/model";
import { squaredDistances } from "../../src/model/operations/distance";
import { HeightQueue } from "../../src/model/operations/heap";
import { boundsOf } from "../../src/model/operations/plane";
import { polygonMask } from "../../src/model/operations/polygon";
import { triangleThreshold } from "../../src/model/operations/threshold";
import { contract, jobOf } from "./operations-contract";
import { Random } from "./random";

const N_ROWS = 34;
const N_COLS = 47;

function discs(random: Random): LabelPlane {
  const labels = new Uint32Array(N_ROWS * N_COLS);
  for (let label = 1; label < 9; label++) {
    const [row, col, radius] = [random.int(0, N_ROWS), random.int(0, N_COLS), random.int(2, 8)];
    for (let at = 0; at < labels.length; at++) {
      const away = Math.hypot(Math.floor(at / N_COLS) - row, (at % N_COLS) - col);
      labels[at] = away <= radius && random.chance(0.97) ? label : labels[at];
    }
  }
  return { nRows: N_ROWS, nCols: N_COLS, labels };
}

function isWithin({ window }: OperationPatch, { nRows, nCols }: LabelPlane): boolean {
  const { row, col, height, width } = window;
  return row >= 0 && col >= 0 && row + height <= nRows && col + width <= nCols;
}

describe.each(Object.keys(OPERATIONS))("%s", (op) => {
  it("changes nothing when there is nothing to change, and stays inside the plane", () => {
    for (const vector of contract.vectors.filter((candidate) => candidate.op === op)) {
      const job = jobOf(vector);
      const patch = runOperation(job);
      if (patch !== null) {
        const { height, width } = patch.window;
        const nLabels = "labels" in patch ? patch.labels.length : height * width;
        expect([isWithin(patch, job.plane), nLabels]).toEqual([true, height * width]);
        expect(patched(job.plane, patch).labels).not.toEqual(job.plane.labels);
      }
    }
  });
});

describe("a part of the plane with a margin is enough", () => {
  const margins = { fill_holes: 0, grow: 1, shrink: 1, smooth: 7 } as const;

  it.each(Object.entries(margins))("for %s with %i pixels", (op, margin) => {
    const random = new Random(3);
    for (let i = 0; i < 40; i++) {
      const plane = discs(random);
      const label = random.int(1, 9);
      const bounds = boundsOf(plane, label);
      if (bounds === null) {
        continue;
      }
      const window = grownWindow(bounds, margin, plane) as PixelWindow;
      const args = { label, mode: random.pick(["protect", "overwrite"] as const), radiusPx: 3 };
      const whole = runOperation({ op, plane, args } as OperationJob);
      const part: LabelPlane = {
        nRows: window.height,
        nCols: window.width,
        labels: cropLabels(plane, window),
      };
      const found = runOperation({ op, plane: part, args } as OperationJob);
      const moved = found && shiftPatch(found, window);
      expect(patched(plane, moved).labels).toEqual(patched(plane, whole).labels);
    }
  });
});

describe("the parts of the operations", () => {
  it("distances are those of trying every pair of pixels", () => {
    const random = new Random(8);
    for (const density of [0, 0.01, 0.1, 0.6, 1]) {
      const shape = { nRows: 13, nCols: 19 };
      const mask = Uint8Array.from({ length: 13 * 19 }, () => (random.chance(density) ? 1 : 0));
      const ones = [...mask.keys()].filter((at) => mask[at] === 1);
      const nearest = [...mask.keys()].map((at) =>
        ones.reduce((least, other) => {
          const down = Math.floor(at / 19) - Math.floor(other / 19);
          return Math.min(least, down * down + ((at % 19) - (other % 19)) ** 2);
        }, Number.POSITIVE_INFINITY),
      );
      expect([...squaredDistances(mask, shape)]).toEqual(nearest);
    }
  });

  it("the queue gives the lowest first, among equals the oldest", () => {
    const random = new Random(2);
    const queue = new HeightQueue();
    const heights = Array.from({ length: 1000 }, () => random.int(0, 40));
    heights.forEach((height, item) => {
      queue.push(height, item);
    });
    const found: number[] = [];
    while (!queue.isEmpty) {
      found.push(queue.pop());
    }
    expect(found).toEqual([...heights.keys()].sort((a, b) => heights[a] - heights[b] || a - b));
  });

  it("polygons that share an edge share no pixel and leave none out", () => {
    const random = new Random(4);
    for (let i = 0; i < 50; i++) {
      const middle = { x: random.next() * 20, y: random.next() * 20 };
      const corners = [
        { x: 0, y: 0 },
        { x: 20, y: 0 },
        { x: 20, y: 20 },
        { x: 0, y: 20 },
      ];
      const times = new Uint8Array(400);
      corners.forEach((corner, k) => {
        const mask = polygonMask([corner, corners[(k + 1) % 4], middle], { nRows: 20, nCols: 20 });
        mask?.data.forEach((isIn, at) => {
          const { row, col, width } = mask.window;
          times[(row + Math.floor(at / width)) * 20 + col + (at % width)] += isIn;
        });
      });
      expect(times.every((n) => n === 1)).toBe(true);
    }
  });

  it("the threshold of a constant box is its value", () => {
    expect(triangleThreshold(Float64Array.of(7, 7, 7))).toBe(7);
  });
});
