import { describe, expect, it } from "vitest";
import type { PredictionOutcome, PredictionRequest, PredictorPort } from "../../src/engine";
import { FakeGlCanvas } from "./fake-gl-canvas";
import { settle, TestEditor } from "./test-editor";
import { withImage } from "./with-image";

/** A predictor that answers when the test says so. */
class HeldPredictor implements PredictorPort {
  readonly asked: PredictionRequest[] = [];
  isCancelled: () => boolean = () => false;
  private answers: ((outcome: PredictionOutcome) => void)[] = [];

  predict(request: PredictionRequest, isCancelled: () => boolean): Promise<PredictionOutcome> {
    this.asked.push(request);
    this.isCancelled = isCancelled;
    return new Promise((resolve) => this.answers.push(resolve));
  }

  async answer(outcome: PredictionOutcome): Promise<void> {
    this.answers.shift()?.(outcome);
    await settle();
  }
}

/** Two squares in a box of 20 x 20: one in the middle, one that the right border cuts. */
function squares(): PredictionOutcome {
  const labels = new Uint32Array(400);
  for (let row = 5; row < 11; row++) {
    labels.fill(1, row * 20 + 4, row * 20 + 10);
    labels.fill(2, row * 20 + 14, row * 20 + 20);
  }
  return { kind: "done", labels };
}

const BOX = [
  [20, 20],
  [39, 39],
] as const;

async function open() {
  const predictor = new HeldPredictor();
  const test = await TestEditor.open({ predictor });
  test.use("predict_box");
  return { test, predictor };
}

describe("the predictor in a box", () => {
  it("is asked for the box, shows it meanwhile, and fills it with fresh labels in one step", async () => {
    const { test, predictor } = await open();
    test.use("brush", 2).click([5, 5]).use("predict_box").drag(BOX);
    const window = { row: 20, col: 20, height: 20, width: 20 };
    expect(predictor.asked).toMatchObject([{ compartment: "whole_cell", frame: 0, window }]);
    expect(test.snapshot.work.predictions).toMatchObject([{ window, frame: 0 }]);
    test.use("brush", 2).click([50, 50]);
    await predictor.answer(squares());
    expect([test.area(2), test.area(3), test.snapshot.work.predictions]).toEqual([36, 36, []]);
    test.command("history.undo");
    expect([test.area(2), test.labelAt(50, 50)]).toEqual([0, 1]);
  });

  it("leaves out what touches a label outside, and protects what is there", async () => {
    const { test, predictor } = await open();
    test.use("brush", 1).click([27, 40]).click([28, 25]).use("predict_box").drag(BOX);
    await predictor.answer(squares());
    expect([test.labelAt(27, 37), test.labelAt(26, 25) > 0, test.labelAt(28, 25)]).toEqual([
      0,
      true,
      1,
    ]);
  });

  it("waits for the end of a stroke", async () => {
    const { test, predictor } = await open();
    test.drag(BOX).use("brush", 1).pointer("pointer_down", [50, 50]);
    await predictor.answer(squares());
    expect(test.editor.lastSeq()).toBe(0);
    test.pointer("pointer_up", [50, 50]);
    expect(test.editor.lastSeq()).toBe(2);
  });

  it("is cancelled by Escape or by its id, and then changes nothing", async () => {
    const { test, predictor } = await open();
    test.drag(BOX).command("escape");
    expect([test.snapshot.work.predictions, predictor.isCancelled()]).toEqual([[], true]);
    test.drag(BOX);
    test.editor.cancelPrediction(test.snapshot.work.predictions[0].id);
    await predictor.answer(squares());
    await predictor.answer(squares());
    expect(test.editor.lastSeq()).toBe(0);
  });

  it("says in words why nothing comes", async () => {
    const { test, predictor } = await open();
    test.drag([
      [20, 20],
      [30, 50],
    ]);
    expect(test.snapshot.work.notice).toBe("Drag a box of 16 to 2048 pixels a side.");
    test.drag(BOX);
    await predictor.answer({ kind: "failed", message: "The predictor is being replaced." });
    expect(test.snapshot.work.notice).toBe("The predictor is being replaced.");
    test.drag(BOX);
    await predictor.answer({ kind: "done", labels: new Uint32Array(7) });
    expect(test.snapshot.work.notice).toContain("does not fit");
    test.drag(BOX);
    await predictor.answer({ kind: "done", labels: new Uint32Array(400) });
    expect(test.snapshot.work.notice).toContain("no cell");
    const without = await TestEditor.open();
    without.use("predict_box").drag(BOX);
    expect(without.snapshot.work.notice).toContain("no predictor");
  });

  it("does not call back somebody who looks elsewhere", async () => {
    const { test, predictor } = await open();
    test.drag(BOX).editor.setFrame(1);
    await predictor.answer(squares());
    expect([test.snapshot.frame, test.area(1)]).toEqual([1, 36]);
  });
});

describe("previews", () => {
  it("of the wand follow the pointer, and a drag tunes it", async () => {
    const test = await withImage();
    test.editor.select(5);
    test.command("label.delete").use("wand");
    test.pointer("pointer_move", [30, 30], { buttons: 0 });
    const size = () => {
      const { draft } = test.snapshot.work;
      return draft?.kind === "area" ? draft.spans.reduce((n, [, a, b]) => n + b - a, 0) : 0;
    };
    const first = size();
    expect(first).toBeGreaterThan(4);
    test.pointer("pointer_down", [30, 30]).pointer("pointer_move", [30, 79]);
    const tuned = size();
    expect(tuned).toBeGreaterThan(first);
    test.pointer("pointer_up", [30, 79]);
    expect([test.area(6), test.snapshot.work.draft]).toEqual([tuned, null]);
    expect(test.snapshot.work.options.wandTolerance).toBeGreaterThan(0.1);
    test.pointer("pointer_move", [30, 30], { buttons: 0 });
    test.pointer("pointer_leave", [30, 30], { buttons: 0 });
    expect(test.snapshot.work.draft).toBeNull();
    test.pointer("pointer_move", [3, 3], { buttons: 0 }).use("brush");
    expect(test.snapshot.work.draft).toBeNull();
  });

  it("of the threshold show what a box would fill", async () => {
    const test = await withImage();
    test.editor.select(5);
    test.command("label.delete").use("threshold").pointer("pointer_down", [18, 18]);
    test.pointer("pointer_move", [42, 38]);
    const { draft } = test.snapshot.work;
    expect(draft).toMatchObject({ kind: "area", window: { row: 18, col: 18 } });
    const nPixels = draft?.kind === "area" ? draft.spans.reduce((n, [, a, b]) => n + b - a, 0) : 0;
    test.pointer("pointer_up", [42, 38]);
    expect(test.area(test.snapshot.selected)).toBe(nPixels);
  });

  it("shapes begun with Alt take pixels away", async () => {
    const test = await withImage();
    test.editor.select(5);
    const before = test.area(5);
    const corners = [
      [20, 20],
      [20, 30],
      [40, 30],
      [40, 20],
    ] as const;
    test.use("encircle").drag(corners, { alt: true });
    const left = test.area(5);
    expect(left).toBeLessThan(before);
    test.command("history.undo").use("polygon");
    for (const corner of corners) {
      test.click(corner, { alt: true });
    }
    test.command("shape.finish");
    expect(test.area(5)).toBe(left);
  });
});

describe("the order of doubt", () => {
  it("is confidence, then findings, then size", async () => {
    const predictor = null;
    const confidences = { whole_cell: { 1: 0.9, 2: 0.2, 3: 0.92 } };
    const test = await TestEditor.open({ predictor, confidences });
    for (const [i, radius] of [2, 2, 2, 2, 6].entries()) {
      test
        .command("label.new")
        .use("brush", radius)
        .click([20, 8 + 15 * i]);
    }
    test.editor.setDoubt(new Map([[3, 2]]));
    const seen = Array.from({ length: 5 }, () => {
      test.command("review.next");
      const { selected } = test.snapshot;
      test.command("review.accept");
      return selected;
    });
    expect(seen).toEqual([2, 3, 1, 5, 4]);
    test.editor.setView({ colorBy: "confidence" });
    expect(test.snapshot.view.colorBy).toBe("confidence");
  });

  it("shows what came for the other compartment while that one is drawn over", async () => {
    const { test, predictor } = await open();
    const canvas = new FakeGlCanvas();
    const size = { width: 80, height: 60, pixelRatio: 1 };
    test.editor.attach(canvas.element, { ...size, renderer: "webgl2" });
    test.editor.setView({ showOther: true });
    test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
    test.use("predict_box").drag(BOX).command("compartment.next");
    test.time.drawFrame();
    const { nDraws } = canvas;
    canvas.uploads = [];
    await predictor.answer(squares());
    test.time.drawFrame();
    const planes = canvas.uploads.filter(({ data }) => data instanceof Uint32Array);
    expect(planes.map(({ call }) => call)).toEqual(["texImage2D"]);
    expect((planes[0].data as Uint32Array)[26 * 80 + 26]).toBeGreaterThan(0);
    expect(canvas.nDraws).toBeGreaterThan(nDraws);
  });
});
