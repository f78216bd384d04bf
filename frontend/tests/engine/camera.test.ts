import { describe, expect, it } from "vitest";
import { fitted, leastZoom, toScreen, zoomedAt } from "../../src/engine/camera";

const viewport = { width: 880, height: 600, pixelRatio: 1 };

describe("fitting an image into the view", () => {
  it("shows all of it in the middle", () => {
    const shape = { nRows: 300, nCols: 880 };
    const camera = fitted(shape, viewport);
    expect(camera.zoom).toBeCloseTo(0.96);
    expect(toScreen(camera, { x: 440, y: 150 })).toEqual({ x: 440, y: 300 });
  });

  it.each([
    [1, 4096],
    [4096, 1],
    [2, 4096],
  ])("keeps a strip of %i x %i px at least a pixel thick", (nRows, nCols) => {
    const shape = { nRows, nCols };
    const least = leastZoom(shape, viewport);
    for (const zoom of [fitted(shape, viewport).zoom, least]) {
      expect(zoom * Math.min(nRows, nCols)).toBeGreaterThanOrEqual(1);
    }
    const far = zoomedAt(fitted(shape, viewport), { x: 10, y: 10 }, 1e-6, least);
    expect(far.zoom).toBe(least);
  });

  it("lets an image shrink to half of what fits, and never asks for more than 1:1", () => {
    expect(leastZoom({ nRows: 1200, nCols: 1000 }, viewport)).toBeCloseTo(0.24);
    expect(leastZoom({ nRows: 20, nCols: 20 }, viewport)).toBe(1);
  });
});
