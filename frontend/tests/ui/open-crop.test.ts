import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createAnnotatorApi, createViewPresetsApi } from "../../src/api";
import { crc32, toBase64 } from "../../src/model";
import { labelSetOf, openCrop } from "../../src/ui/embed/open-crop";
import { FakeServer, refusal } from "../fake-server";
import { npyBytes } from "./npy-bytes";
import { assignment } from "./samples";

const labels = npyBytes("<u4", [2, 1, 2, 3], Uint32Array.of(5, 5, 0, 0, 0, 9, 5, 0, 0, 0, 0, 9));
const channel = npyBytes("<u2", [1, 2, 3], Uint16Array.of(0, 100, 200, 300, 400, 1000));

/** The edit that painted label 5 over the first two pixels: version, compartment, frame, rectangle, run. */
const bytes = Uint8Array.of(1, 0, 0, 0, 0, 1, 2, 0, 2, 0, 5);
const brushed = {
  seq: 1,
  tool: "brush",
  client_at: "2026-01-02T03:04:05Z",
  active_s: 1.5,
  diff: toBase64(bytes),
  checksum: crc32(bytes),
};

/** Every call that a crop needs; marks are none unless the server has some. */
function apis(server: FakeServer) {
  const transport = server.transport();
  return { api: createAnnotatorApi(transport), presets: createViewPresetsApi(transport) };
}

const noMarks = { last_seq: 0, marks: {} };

beforeEach(() => {
  vi.stubGlobal("IDBKeyRange", IDBKeyRange);
  vi.stubGlobal("indexedDB", new IDBFactory());
  return () => vi.unstubAllGlobals();
});

describe("opening a crop", () => {
  it("puts each plane under its compartment", () => {
    const set = labelSetOf(labels, ["whole_cell", "nuclear"]);
    expect([...(set.whole_cell?.data ?? [])]).toEqual([5, 5, 0, 0, 0, 9]);
    expect([...(set.nuclear?.data ?? [])]).toEqual([5, 0, 0, 0, 0, 9]);
    expect(set.nuclear).toMatchObject({ nFrames: 1, nRows: 2, nCols: 3 });
  });

  it("refuses labels of another number of compartments or another type", () => {
    expect(() => labelSetOf(labels, ["nuclear"])).toThrow(
      "The labels are not uint32 with 1 compartments but (2,1,2,3). Load the assignment again.",
    );
    const wide = npyBytes("<u2", [1, 1, 1, 1], Uint16Array.of(1));
    expect(() => labelSetOf(wide, ["nuclear"])).toThrow("The labels are not uint32");
  });

  it("can be edited before the channels are there, then shows them", async () => {
    let arrive: (response: Response) => void = () => undefined;
    const late = new Promise<Response>((resolve) => {
      arrive = resolve;
    });
    const server = new FakeServer()
      .on(
        "GET /assignments/8/labels.npy",
        new Response(labels, { headers: { "Cytoloop-Seq": "1" } }),
      )
      .on("GET /assignments/8/marks", { last_seq: 1, marks: { "uncertain/whole_cell/5": true } })
      .on("GET /assignments/8/edits", { items: [brushed], next: null })
      .when("GET /assignments/8/channels/0.npy", () => late);
    const crop = await openCrop(apis(server), assignment());
    const { editor } = crop;
    expect(editor.state.getSnapshot()).toMatchObject({ phase: "ready", nInstances: 2 });
    expect(editor.state.getSnapshot().channels[0]?.loaded).toBe(false);
    expect(editor.lastSeq()).toBe(1);
    expect(editor.state.getSnapshot().marks.uncertain).toEqual(new Set([5]));
    expect(editor.run("history.undo")).toBe(true);
    expect([...(crop.labels.whole_cell?.data ?? [])]).toEqual([0, 0, 0, 0, 0, 9]);

    arrive(new Response(channel));
    await crop.channelsLoaded;
    expect(editor.state.getSnapshot().channels[0]?.loaded).toBe(true);
    editor.dispose();
    crop.tab.release();
  });

  it("tells of a channel that does not come, and stays open", async () => {
    const server = new FakeServer()
      .on("GET /assignments/8/labels.npy", new Response(labels))
      .on("GET /assignments/8/marks", noMarks)
      .on("GET /assignments/8/channels/0.npy", refusal(503, "storage_unavailable", "No answer."));
    const crop = await openCrop(apis(server), assignment());
    await expect(crop.channelsLoaded).rejects.toThrow("No answer.");
    expect(crop.editor.state.getSnapshot().editable).toBe(true);
    crop.editor.dispose();
    crop.tab.release();
  });

  it("is read-only while another tab has the crop, and keeps no journal", async () => {
    const server = () =>
      new FakeServer()
        .on("GET /assignments/8/labels.npy", new Response(labels))
        .on("GET /assignments/8/marks", noMarks)
        .on("GET /assignments/8/channels/0.npy", new Response(channel));
    const first = await openCrop(apis(server()), assignment());
    const second = await openCrop(apis(server()), assignment());
    const { editable, journalWorks } = second.editor.state.getSnapshot();
    expect([first.tab.isHeld, second.tab.isHeld]).toEqual([true, false]);
    expect([editable, journalWorks]).toEqual([false, false]);
    for (const crop of [first, second]) {
      crop.editor.dispose();
      crop.tab.release();
    }
  });

  it("fails with the server's words when the labels do not come", async () => {
    const server = new FakeServer()
      .on("GET /assignments/8/labels.npy", refusal(409, "assignment_closed", "It was submitted."))
      .on("GET /assignments/8/marks", noMarks)
      .on("GET /assignments/8/channels/0.npy", new Response(channel));
    const opening = openCrop(apis(server), assignment());
    await expect(opening).rejects.toThrow("It was submitted.");
    const again = new FakeServer()
      .on("GET /assignments/8/labels.npy", new Response(labels))
      .on("GET /assignments/8/marks", noMarks)
      .on("GET /assignments/8/channels/0.npy", new Response(channel));
    const crop = await openCrop(apis(again), assignment());
    expect(crop.tab.isHeld).toBe(true);
    crop.editor.dispose();
    crop.tab.release();
  });

  it("reads labels and marks until they are of the same edit, and no more than that", async () => {
    let nAsked = 0;
    const server = (last: (n: number) => number) =>
      new FakeServer()
        .on("GET /assignments/8/labels.npy", new Response(labels))
        .when("GET /assignments/8/marks", () => ({ last_seq: last(++nAsked), marks: {} }))
        .on("GET /assignments/8/channels/0.npy", new Response(channel));
    const crop = await openCrop(apis(server((n) => (n < 3 ? 1 : 0))), assignment());
    expect(nAsked).toBe(3);
    crop.editor.dispose();
    crop.tab.release();
    await expect(openCrop(apis(server(() => 1)), assignment())).rejects.toThrow(
      "The crop changes while it is being loaded.",
    );
  });
});
