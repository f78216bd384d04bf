import { describe, expect, it, vi } from "vitest";
import type { OperationJob } from "../../src/model";
import { OperationWorker, type WorkerLike } from "../../src/ui/ports/operations";

const job = { op: "grow" } as OperationJob;
const patch = { window: { row: 0, col: 0, height: 1, width: 1 }, labels: Uint32Array.of(3) };

/** A worker whose answers the test gives. */
function fakeWorker() {
  const asked: { id: number; job: OperationJob }[] = [];
  const worker: WorkerLike = {
    postMessage: (request: (typeof asked)[number]) => asked.push(request),
    terminate: vi.fn(),
    onmessage: null,
    onerror: null,
  };
  const say = (data: unknown) =>
    worker.onmessage?.call(worker as Worker, new MessageEvent("message", { data }));
  const fail = () => worker.onerror?.call(worker as Worker, new ErrorEvent("error"));
  return { worker, asked, say, fail };
}

describe("the worker of operations", () => {
  it("is started once, by the first operation, and answers in any order", async () => {
    const { worker, asked, say } = fakeWorker();
    const start = vi.fn(async () => worker);
    const port = new OperationWorker(start);
    expect(start).not.toHaveBeenCalled();
    const [first, second] = [port.run("grow", job), port.run("grow", job)];
    await vi.waitFor(() => expect(asked.length).toBe(2));
    say({ id: asked[1]?.id, result: null });
    say({ id: asked[0]?.id, result: patch });
    expect(await first).toBe(patch);
    expect(await second).toBeNull();
    expect(start).toHaveBeenCalledOnce();
  });

  it("passes on a failure of one operation and goes on", async () => {
    const { worker, asked, say } = fakeWorker();
    const port = new OperationWorker(async () => worker);
    const first = port.run("grow", job);
    await vi.waitFor(() => expect(asked.length).toBe(1));
    say({ id: 1, failure: "No such label." });
    await expect(first).rejects.toThrow("No such label.");
    const second = port.run("grow", job);
    await vi.waitFor(() => expect(asked.length).toBe(2));
    say({ id: 2, result: patch });
    expect(await second).toBe(patch);
  });

  it("rejects everything once it broke, was ended or could not start", async () => {
    const { worker, asked, fail } = fakeWorker();
    const port = new OperationWorker(async () => worker);
    const first = port.run("grow", job);
    await vi.waitFor(() => expect(asked.length).toBe(1));
    fail();
    await expect(first).rejects.toThrow("The worker broke.");
    await expect(port.run("grow", job)).rejects.toThrow("The worker broke.");
    await vi.waitFor(() => expect(worker.terminate).toHaveBeenCalled());

    const ended = new OperationWorker(async () => fakeWorker().worker);
    ended.dispose();
    await expect(ended.run("grow", job)).rejects.toThrow("The worker was ended.");

    const refused = new OperationWorker(() => Promise.reject(new Error("Refused.")));
    await expect(refused.run("grow", job)).rejects.toThrow("Refused.");
    await expect(refused.run("grow", job)).rejects.toThrow("Refused.");
    refused.dispose();
  });
});
