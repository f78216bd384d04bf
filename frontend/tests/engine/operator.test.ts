import { describe, expect, it } from "vitest";
import type { SavePort, WorkerPort } from "../../src/engine";
import { labelImage, runOperation } from "../../src/model";
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
