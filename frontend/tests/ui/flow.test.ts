import { beforeEach, describe, expect, it, vi } from "vitest";
import { createAnnotatorApi } from "../../src/api";
import { AnnotationFlow, type FlowPorts } from "../../src/ui/embed/flow";
import { FakeServer, refusal } from "../fake-server";
import { fakeCrop } from "./fake-editor";
import { assignment } from "./samples";

const launch = {
  token: "session-token",
  annotator: { id: 1, name: "Ann", role: "annotator" },
  job: { id: 5, name: "First pass", state: "open", instructions: "Outline cells." },
  expires_at: "2026-03-04T05:06:07Z",
};

/** A server with a number of crops, and a flow on it whose editors are fakes. */
function setUp(nCrops: number) {
  const opened: ReturnType<typeof fakeCrop>[] = [];
  let nextId = 1;
  const server = new FakeServer()
    .on("POST /launches", launch)
    .when("POST /jobs/5/claims", () => (nextId <= nCrops ? assignment({ id: nextId }) : null));
  for (let id = 1; id <= nCrops; id++) {
    for (const how of ["submit", "skip"]) {
      server.when(`POST /assignments/${id}/${how}`, () => {
        nextId = id + 1;
        return { id };
      });
    }
  }
  const ports = {
    api: createAnnotatorApi(server.transport()),
    openCrop: vi.fn(async ({ id }) => {
      const made = fakeCrop({ id });
      opened.push(made);
      return made.crop;
    }),
    holdToken: vi.fn(),
    tellHost: vi.fn(),
    pause: vi.fn(async () => undefined),
  } satisfies FlowPorts;
  return { server, ports, opened, flow: new AnnotationFlow("launch-token", ports) };
}

let phases: string[];
const follow = (flow: AnnotationFlow) =>
  flow.subscribe(() => phases.push(flow.getSnapshot().phase));

beforeEach(() => {
  phases = [];
});

describe("annotation flow", () => {
  it("launches, claims, loads and edits", async () => {
    const { flow, server, ports } = setUp(1);
    follow(flow);
    await flow.start();
    expect(phases).toEqual(["launching", "launching", "claiming", "loading", "editing"]);
    expect(server.asked[0]?.body).toEqual({ launch_token: "launch-token" });
    expect(ports.holdToken).toHaveBeenCalledWith("session-token");
    expect(flow.getSnapshot().job?.instructions).toBe("Outline cells.");
  });

  it("submits what the editor holds after everything is saved, then takes the next crop", async () => {
    const { flow, server, ports, opened } = setUp(2);
    await flow.start();
    follow(flow);
    await flow.submit();

    const [first] = opened;
    expect(first?.editor.flush.mock.invocationCallOrder[0]).toBeLessThan(
      first?.editor.checksums.mock.invocationCallOrder[0] ?? 0,
    );
    expect(server.calls("POST /assignments/1/submit").map(({ body }) => body)).toEqual([
      { last_seq: 4, checksums: { whole_cell: 11, nuclear: 22 } },
    ]);
    expect(ports.tellHost.mock.calls).toEqual([[{ type: "cytoloop:submitted", assignment_id: 1 }]]);
    expect(first?.editor.dispose).toHaveBeenCalledOnce();
    expect(phases).toEqual(["editing", "thanks", "claiming", "loading", "editing"]);
    expect(flow.getSnapshot()).toMatchObject({ nSubmitted: 1, nSkipped: 0, leaving: null });
  });

  it("submits once, however often the button is pressed", async () => {
    const { flow, server } = setUp(2);
    await flow.start();
    await Promise.all([flow.submit(), flow.submit(), flow.skip()]);
    expect(server.calls("POST /assignments/1/submit")).toHaveLength(1);
    expect(server.calls("POST /assignments/1/skip")).toHaveLength(0);
  });

  it("ends with the counts when nothing is left", async () => {
    const { flow } = setUp(2);
    await flow.start();
    await flow.skip();
    await flow.submit();
    expect(flow.getSnapshot()).toMatchObject({ phase: "finished", nSubmitted: 1, nSkipped: 1 });
  });

  it("drops the journal of a skipped crop", async () => {
    const { flow, opened } = setUp(1);
    await flow.start();
    await flow.skip();
    expect(opened[0]?.editor.discardUnsaved).toHaveBeenCalledOnce();
    expect(opened[0]?.editor.dispose).toHaveBeenCalledOnce();
  });

  it("does not submit what could not be saved, and keeps the crop open", async () => {
    const { flow, server, ports, opened } = setUp(1);
    await flow.start();
    opened[0]?.editor.flush.mockRejectedValueOnce(new Error("Two changes are unsaved."));
    await flow.submit();
    expect(flow.getSnapshot()).toMatchObject({
      phase: "editing",
      leaving: null,
      problem: "Two changes are unsaved.",
    });
    expect(server.calls("POST /assignments/1/submit")).toEqual([]);
    expect(ports.tellHost).not.toHaveBeenCalled();
    expect(opened[0]?.editor.dispose).not.toHaveBeenCalled();
  });

  it("can submit again after the server refused once", async () => {
    const { flow, server } = setUp(1);
    await flow.start();
    const accept = { id: 1, state: "submitted" };
    server.on("POST /assignments/1/submit", refusal(409, "checksum_mismatch", "Labels differ."));
    await flow.submit();
    expect(flow.getSnapshot()).toMatchObject({ phase: "editing", problem: "Labels differ." });
    server.on("POST /assignments/1/submit", accept).on("POST /jobs/5/claims", null);
    await flow.submit();
    expect(flow.getSnapshot()).toMatchObject({ phase: "finished", nSubmitted: 1 });
  });

  it("shows why it cannot start, and starts again", async () => {
    const { flow, server } = setUp(1);
    server.on("POST /launches", refusal(401, "not_signed_in", "This link has expired."));
    await flow.start();
    expect(flow.getSnapshot()).toMatchObject({
      phase: "failed",
      message: "This link has expired.",
    });
    server.on("POST /launches", launch);
    await flow.start();
    expect(flow.getSnapshot().phase).toBe("editing");
  });

  it("launches once and claims again when loading a crop failed", async () => {
    const { flow, server, ports } = setUp(1);
    ports.openCrop.mockRejectedValueOnce(new Error("The array ends inside its header."));
    await flow.start();
    expect(flow.getSnapshot().phase).toBe("failed");
    await flow.start();
    expect(flow.getSnapshot().phase).toBe("editing");
    expect(server.calls("POST /launches")).toHaveLength(1);
  });

  it("loads the server's version after giving up unsaved edits", async () => {
    const { flow, opened } = setUp(1);
    await flow.start();
    await flow.reloadCrop();
    expect(opened[0]?.editor.discardUnsaved).toHaveBeenCalledOnce();
    expect(opened[0]?.editor.dispose).toHaveBeenCalledOnce();
    expect(opened).toHaveLength(2);
    expect(flow.getSnapshot()).toMatchObject({ phase: "editing", nSkipped: 0 });
  });

  it("renews the token of a running session, never before the first launch", async () => {
    const { flow, server, ports } = setUp(1);
    expect(await flow.renew()).toBe(false);
    await flow.start();
    server.on("POST /launches", { ...launch, token: "fresh" });
    expect(await flow.renew()).toBe(true);
    expect(ports.holdToken).toHaveBeenLastCalledWith("fresh");
    server.on("POST /launches", refusal(401, "not_signed_in", "This link has expired."));
    expect(await flow.renew()).toBe(false);
  });

  it("renews once for calls that are refused together, and says when the server is away", async () => {
    const { flow, server } = setUp(1);
    await flow.start();
    expect(await Promise.all([flow.renew(), flow.renew(), flow.renew()])).toEqual([
      true,
      true,
      true,
    ]);
    expect(server.calls("POST /launches")).toHaveLength(2);
    server.online = false;
    await expect(flow.renew()).rejects.toThrow("The server cannot be reached.");
    server.online = true;
    expect(await flow.renew()).toBe(true);
  });
});
