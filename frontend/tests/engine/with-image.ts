import { expect } from "vitest";
import type { WorkerPort } from "../../src/engine";
import { labelImage } from "../../src/model";
import { TestEditor } from "./test-editor";

const SHAPE = { nFrames: 3, nRows: 60, nCols: 80 };

/** Two bright discs that touch, under one label 5, in the first of three frames. */
export async function withImage(worker: WorkerPort | null = null): Promise<TestEditor> {
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
export function expectOneStep(test: TestEditor, before: Uint32Array): void {
  expect(test.data()).not.toEqual(before);
  test.command("history.undo");
  expect(test.data()).toEqual(before);
  test.command("history.redo");
  expect(test.data()).not.toEqual(before);
}
