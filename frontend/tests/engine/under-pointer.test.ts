import { describe, expect, it } from "vitest";
import { labelImage } from "../../src/model";
import { TestEditor } from "./test-editor";
import { withTwoCells } from "./two-cells";

const SHAPE = { nFrames: 2, nRows: 60, nCols: 80 };
const SIZE = SHAPE.nRows * SHAPE.nCols;

/** Cell 4 everywhere in the first frame and nothing in the second; 10 and 20 are the intensities. */
async function withFrames() {
  const cells = new Uint32Array(2 * SIZE).fill(4, 0, SIZE);
  const data = new Uint8Array(2 * SIZE).fill(10, 0, SIZE).fill(20, SIZE);
  const test = await TestEditor.open({
    shape: SHAPE,
    labels: { whole_cell: labelImage(cells, SHAPE) },
    channels: [{ name: "DNA", role: "nuclear", data: null }],
  });
  test.use("select").pointer("pointer_move", [30, 30], { buttons: 0 });
  return { test, data };
}

describe("what lies under a pointer that rests", () => {
  it("follows the frame and the channels that arrive", async () => {
    const { test, data } = await withFrames();
    expect(test.snapshot.hover).toMatchObject({ row: 30, col: 30, label: 4, values: [null] });
    test.editor.loadChannel(0, data);
    expect(test.snapshot.hover).toMatchObject({ label: 4, values: [10] });
    test.command("frame.next");
    expect(test.snapshot.hover).toMatchObject({ label: 0, values: [20] });
  });

  it("follows edits made by key, and what the wheel moves under it", async () => {
    const test = await withTwoCells();
    test.use("select").pointer("pointer_move", [15, 15], { buttons: 0 });
    expect(test.snapshot.hover?.label).toBe(5);
    test.editor.select(5);
    test.command("label.delete");
    expect(test.snapshot.hover?.label).toBe(0);
    test.command("history.undo");
    expect(test.snapshot.hover?.label).toBe(5);
    test.editor.setCamera({ zoom: 1, left: 10, top: 0 });
    expect(test.snapshot.hover).toMatchObject({ row: 15, col: 25, label: 8 });
  });

  it("keeps its identity while it is the same", async () => {
    const { test } = await withFrames();
    const { hover } = test.snapshot;
    test.pointer("pointer_move", [30, 30], { buttons: 0 });
    expect(test.snapshot.hover).toBe(hover);
    test.pointer("pointer_leave", [30, 30]).command("frame.next");
    expect(test.snapshot.hover).toBeNull();
  });
});

describe("a channel that arrives", () => {
  it("gets its contrast by itself unless somebody chose one before", async () => {
    const { test, data } = await withFrames();
    test.editor.setChannel(0, { visible: true });
    test.editor.loadChannel(0, data);
    expect(test.snapshot.channels[0]).toMatchObject({ loaded: true, contrast: [10, 20] });
    const early = (await withFrames()).test;
    early.editor.setChannel(0, { contrast: [3, 7] });
    early.editor.loadChannel(0, data);
    expect(early.snapshot.channels[0]).toMatchObject({ loaded: true, contrast: [3, 7] });
    early.editor.autoContrast(0);
    expect(early.snapshot.channels[0]).toMatchObject({ contrast: [10, 20] });
  });
});

it("the frames and the window of a label are told", async () => {
  const test = await withTwoCells();
  const plane = { compartment: "whole_cell", frame: 0 } as const;
  expect(test.editor.framesOf("whole_cell", 8)).toEqual([0]);
  expect(test.editor.framesOf("nuclear", 8)).toEqual([]);
  expect(test.editor.windowOf(plane, 8)).toEqual({ row: 10, col: 22, height: 10, width: 10 });
  expect(test.editor.windowOf({ ...plane, frame: 1 }, 8)).toBeNull();
});
