import { describe, expect, it } from "vitest";
import { createAnnotatorApi } from "../../src/api";
import { FakeServer } from "../fake-server";

const edit = {
  seq: 1,
  tool: "brush",
  client_at: "2026-01-02T03:04:05Z",
  active_s: 1.5,
  diff: "AQ==",
  checksum: 7,
};

describe("the annotator's calls", () => {
  it("claims null when nothing is left", async () => {
    const server = new FakeServer().on("POST /jobs/5/claims", null);
    expect(await createAnnotatorApi(server.transport()).claim(5)).toBeNull();
  });

  it("reads the labels with the edit up to which they stand", async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const server = new FakeServer().on(
      "GET /assignments/8/labels.npy",
      new Response(bytes, { headers: { "Cytoloop-Seq": "41" } }),
    );
    const { npy, seq } = await createAnnotatorApi(server.transport()).labels(8);
    expect(new Uint8Array(npy)).toEqual(bytes);
    expect(seq).toBe(41);
  });

  it("reads the edit log page by page, no further than asked", async () => {
    const second = { ...edit, seq: 2 };
    const pages = [
      { items: [edit], next: 1 },
      { items: [second, { ...edit, seq: 3 }], next: null },
    ];
    const server = new FakeServer().when("GET /assignments/8/edits", () =>
      Promise.resolve(Response.json(pages.shift())),
    );
    expect(await createAnnotatorApi(server.transport()).edits(8, 2)).toEqual([edit, second]);
  });

  it("reads marks, and asks for a box and follows it", async () => {
    const body = {
      compartment: "nuclear",
      frame: 0,
      window: { row: 1, col: 2, height: 16, width: 20 },
    } as const;
    const marks = { last_seq: 3, marks: { "checked/nuclear/7": true } };
    const queued = { id: 7, state: "queued", message: null };
    const server = new FakeServer()
      .on("GET /assignments/8/marks", marks)
      .on("POST /assignments/8/predictions", queued)
      .on("GET /assignments/8/predictions/7", { ...queued, state: "done" })
      .on("GET /assignments/8/predictions/7/labels.npy", new Response(new Uint8Array([9])));
    const api = createAnnotatorApi(server.transport());
    expect(await api.marks(8)).toEqual(marks);
    expect(await api.requestPrediction(8, body)).toEqual(queued);
    expect((await api.prediction(8, 7)).state).toBe("done");
    expect(new Uint8Array(await api.predictionLabels(8, 7))).toEqual(new Uint8Array([9]));
    expect(server.asked[1]?.body).toEqual(body);
  });

  it("sends edits as one batch and submits with the checksums", async () => {
    const server = new FakeServer()
      .on("POST /assignments/8/edits", { last_seq: 1 })
      .on("POST /assignments/8/submit", { id: 8, state: "submitted", last_seq: 1 });
    const api = createAnnotatorApi(server.transport());
    expect(await api.sendEdits(8, [edit])).toEqual({ last_seq: 1 });
    await api.submit(8, { last_seq: 1, checksums: { nuclear: 12 } });
    expect(server.asked.map(({ body }) => body)).toEqual([
      { edits: [edit] },
      { last_seq: 1, checksums: { nuclear: 12 } },
    ]);
  });
});
