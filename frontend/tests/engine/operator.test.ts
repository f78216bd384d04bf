import { describe, expect, it } from "vitest";
import type { SavePort, WorkerPort } from "../../src/engine";
import { Operator } from "../../src/engine/operator";
import { LabelDocument, labelImage, runOperation } from "../../src/model";
import { settle, TestEditor } from "./test-editor";
import { expectOneStep, withImage } from "./with-image";

/** A worker whose answers wait until the test lets them go. */
class SlowWorker implements WorkerPort {
  private waiting: (() => void)[] = [];
  isBroken = false;
  nRuns = 0;

  run: WorkerPort["run"] = (_op, job) =>
    new Promise((resolve, reject) => {
      this.nRuns++;
      this.waiting.push(() =>
        this.isBroken ? reject(new Error("The worker died.")) : resolve(runOperation(job)),
      );
    });

  async answer(): Promise<void> {
    for (const go of this.waiting.splice(0)) {
      go();
    }
    await settle();
  }
}

it("a shape that is closed after the labels became read-only changes nothing", async () => {
  const save: SavePort = {
    send: async () => ({ kind: "refused", code: "assignment_closed", message: "", lastSeq: null }),
  };
  const test = await TestEditor.open({ save });
  test.use("brush", 2).click([50, 50]);
  test.use("polygon").click([10, 10]).click([10, 30]).click([30, 30]);
  await test.time.pass(1000);
  expect(test.snapshot.editable).toBe(false);
  const before = test.data().slice();
  test.command("shape.finish");
  expect([test.data(), test.editor.lastSeq()]).toEqual([before, 1]);
});

it("checksums are those of what is recorded: a stroke under way is given up", async () => {
  const test = await TestEditor.open();
  const before = test.editor.checksums();
  test.use("brush", 3).pointer("pointer_down", [20, 20]);
  expect(test.editor.checksums()).toEqual(before);
  expect(test.editor.lastSeq()).toBe(0);
});

describe("heavy operations in a worker", () => {
  it("leave the editor usable and come as one step", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    const before = test.data().slice();
    test.use("watershed").click([30, 30]).click([30, 46]);
    expect([test.snapshot.work.busy, test.data()]).toEqual(["watershed", before]);
    test.use("brush", 1).click([5, 70]);
    const painted = test.data().slice();
    await worker.answer();
    expect([test.snapshot.work.busy, test.labelAt(30, 46)]).toEqual([null, 6]);
    expectOneStep(test, painted);
  });

  it("are computed again when their pixels changed meanwhile, and wait for a gesture", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    test.use("watershed").click([30, 30]).click([30, 46]);
    test.use("erase", 2).click([30, 24]);
    await worker.answer();
    expect([worker.nRuns, test.labelAt(30, 46)]).toEqual([2, 5]);
    test.pointer("pointer_down", [5, 5]);
    await worker.answer();
    expect(test.labelAt(30, 46)).toBe(5);
    test.pointer("pointer_up", [5, 5]);
    expect([test.labelAt(30, 46), test.labelAt(30, 24)]).toEqual([6, 0]);
    expect(test.snapshot.work.busy).toBeNull();
  });

  it("are those on a large window too, but not a flood, which looks only at what it fills", async () => {
    const shape = { nFrames: 1, nRows: 1024, nCols: 1024 };
    const labels = { whole_cell: labelImage(new Uint32Array(1024 * 1024), shape) };
    const worker = new SlowWorker();
    const test = await TestEditor.open({ shape, labels, worker });
    test.use("brush", 20).click([500, 500]).use("erase", 9).click([500, 500]);
    test.use("flood").click([500, 500]);
    expect([worker.nRuns, test.labelAt(500, 500)]).toEqual([0, 1]);
    test.use("delete_box").drag([
      [0, 0],
      [1023, 1023],
    ]);
    expect([worker.nRuns, test.area(1) > 0]).toEqual([1, true]);
    await worker.answer();
    expect(test.area(1)).toBe(0);
  });

  it("are done here when the worker cannot", async () => {
    const worker = new SlowWorker();
    worker.isBroken = true;
    const test = await withImage(worker);
    test.editor.select(5);
    test.use("erase", 4).click([30, 30]);
    const area = test.area(5);
    test.command("label.autofit");
    await worker.answer();
    expect(test.area(5)).toBeGreaterThan(area);
  });

  it("are waited for before the work counts as saved", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    test.use("watershed").click([30, 30]).click([30, 46]);
    let isSaved = false;
    const flushed = test.editor.flush().then(() => {
      isSaved = true;
    });
    await settle();
    expect([isSaved, test.editor.lastSeq()]).toEqual([false, 0]);
    await worker.answer();
    await flushed;
    expect([test.editor.lastSeq(), test.editor.unsavedEdits()]).toEqual([1, []]);
  });

  it("change nothing once the editor was closed", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    const before = test.data().slice();
    test.use("watershed").click([30, 30]).click([30, 46]);
    test.editor.dispose();
    await worker.answer();
    expect([test.data(), test.editor.lastSeq()]).toEqual([before, 0]);
    expect(test.snapshot.editable).toBe(false);
  });

  it("that fail everywhere end with words", async () => {
    const shape = { nFrames: 1, nRows: 4, nCols: 4 };
    const document = new LabelDocument({ whole_cell: labelImage(new Uint32Array(16), shape) });
    const said: (string | null)[] = [];
    const operator = new Operator({
      document,
      worker: { run: () => Promise.reject(new Error("The worker died.")) },
      commit: () => undefined,
      isEditable: () => true,
      onBusy: (tool) => said.push(tool),
      onNotice: (notice) => said.push(notice),
      onLate: (apply) => apply(),
    });
    const window = { row: 0, col: 0, height: 4, width: 4 };
    const plane = { compartment: "whole_cell", frame: 0 } as const;
    operator.run("split", { op: "watershed", plane, window, args: {} as never });
    await operator.idle();
    expect(said).toEqual(["split", null, null, expect.stringContaining("could not be computed")]);
  });

  it("give up after three tries", async () => {
    const worker = new SlowWorker();
    const test = await withImage(worker);
    test.use("watershed").click([30, 30]).click([30, 46]);
    for (const col of [22, 24, 26]) {
      test.use("erase", 1).click([30, col]);
      await worker.answer();
    }
    expect([worker.nRuns, test.snapshot.work.busy]).toEqual([3, null]);
    expect(test.snapshot.work.notice).toContain("try again");
    expect(test.labelAt(30, 46)).toBe(5);
  });
});
