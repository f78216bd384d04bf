import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { PRACTICE_SHAPE, practiceCrop, ROLES } from "../../src/ui/embed/tutorial/practice-crop";
import { openPractice } from "../../src/ui/embed/tutorial/practice-editor";
import {
  isDone,
  overlap,
  type Progress,
  progressOf,
  STEPS,
  verdictOf,
} from "../../src/ui/embed/tutorial/steps";
import Tutorial from "../../src/ui/embed/tutorial/Tutorial";
import { FakeCanvas } from "../engine/fake-canvas";

const crop = practiceCrop(() => 0.5);
const camera = { zoom: 2, left: 0, top: 0 };

const STATE = { selected: 0, camera, canRedo: false, nChecked: 0 };

function progress(plane: Uint32Array, change: Partial<Progress> = {}): Progress {
  return { truth: crop.truth, plane, state: STATE, firstZoom: 2, ...change };
}

describe("the practice crop", () => {
  it("is of one size, with nine cells and each fault once", () => {
    const size = PRACTICE_SHAPE.nRows * PRACTICE_SHAPE.nCols;
    expect([crop.nuclear.length, crop.membrane.length, crop.truth.length]).toEqual([
      size,
      size,
      size,
    ]);
    expect(new Set(crop.truth)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(new Set(crop.start)).toEqual(
      new Set([0, 1, 2, 3, 5, 7, 8, 9, ROLES.part, ROLES.spurious]),
    );
  });

  it("is brighter in its cells than outside", () => {
    const mean = (inside: boolean) => {
      const values = [...crop.membrane].filter((_, at) => (crop.truth[at] ?? 0) > 0 === inside);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(mean(true)).toBeGreaterThan(2 * mean(false));
  });
});

describe("steps", () => {
  it("are undone in the labels to begin with and done in the true ones", () => {
    const share = (plane: Uint32Array) =>
      STEPS.filter(({ place }) => place !== null).map((step) =>
        isDone(step, progressOf(step.id, progress(plane))),
      );
    expect(share(crop.start)).toEqual([false, false, false, false, false]);
    expect(share(crop.truth)).toEqual([true, true, true, true, true]);
  });

  it("see zoom, selection, undo and accepted cells", () => {
    const seen = ["look", "select", "undo", "accept", "submit"] as const;
    const zoomed = { ...camera, zoom: 3 };
    const state = { selected: 3, camera: zoomed, canRedo: true, nChecked: 1 };
    const before = progress(crop.start);
    const after = progress(crop.start, { state });
    expect(seen.map((id) => progressOf(id, before))).toEqual([0, 0, 0, 0, 0]);
    expect(seen.map((id) => progressOf(id, after))).toEqual([1, 1, 1, 1, 0]);
  });

  it("measure overlap as intersection over union", () => {
    const truth = Uint32Array.of(1, 1, 1, 1, 0, 2);
    expect(overlap(truth, Uint32Array.of(0, 7, 7, 7, 7, 0), 1)).toEqual({ label: 7, iou: 3 / 5 });
    expect(overlap(truth, new Uint32Array(6), 1)).toEqual({ label: 0, iou: 0 });
  });

  it("end in a verdict: cells that were found, missed ones and labels of nothing", () => {
    const truth = Uint32Array.of(1, 1, 1, 1, 0, 2);
    const perfect = { nCells: 2, nFound: 2, meanIou: 1, missed: [], extra: [] };
    expect(verdictOf(truth, truth)).toEqual(perfect);
    expect(verdictOf(truth, Uint32Array.of(7, 7, 0, 0, 0, 5))).toEqual({
      nCells: 2,
      nFound: 1,
      meanIou: 0.75,
      missed: [1],
      extra: [],
    });
    expect(verdictOf(truth, Uint32Array.of(7, 7, 7, 9, 8, 5)).extra).toEqual([9, 8]);
  });
});

describe("the guided practice", () => {
  it("can be worked through, with feedback from the true labels", async () => {
    const context = new FakeCanvas();
    // The picture of the whole crop has another size than the canvas.
    context.putImageData = () => undefined;
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(((kind: string) =>
      context.getContext(kind)) as never);
    const user = userEvent.setup();
    const onClose = vi.fn();
    render(<Tutorial onClose={onClose} />);
    await screen.findByRole("heading", { name: "Look around" });
    expect(await screen.findByText("Not done yet.")).toBeTruthy();
    await user.keyboard("+");
    await user.click(await screen.findByRole("button", { name: "Next" }));
    await user.keyboard("]");
    await user.click(await screen.findByRole("button", { name: "Next" }));
    expect(screen.getByText("Not done yet.")).toBeTruthy();
    await user.keyboard("[[");
    await user.keyboard("{Delete}");
    expect(await screen.findByText("Done.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Next" }));
    expect(screen.getByText(/^Overlap with the true outline: 0 %; 60 % is enough/)).toBeTruthy();
    for (let n = 0; n < 4; n++) {
      await user.click(screen.getByRole("button", { name: "Skip this step" }));
    }
    expect(screen.getByRole("heading", { name: "Take something back" })).toBeTruthy();
    await user.keyboard("{Control>}z{/Control}");
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    await user.click(screen.getByRole("button", { name: "Next" }));
    await user.keyboard("]{Enter}");
    await user.click(screen.getByRole("button", { name: "Next" }));
    await user.click(screen.getByRole("button", { name: "Submit the practice" }));
    expect(screen.getByText(/^4 of 9 cells have their outline/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^A cell at row 102, column 116/ }));
    await user.click(screen.getByRole("button", { name: /^Label 20 outlines no cell/ }));
    await user.keyboard("{Delete}");
    expect(screen.queryByRole("button", { name: /^Label 20 outlines no cell/ })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Go back" }));
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(screen.getByRole("heading", { name: "How it went" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Start over" }));
    expect(await screen.findByRole("heading", { name: "Look around" })).toBeTruthy();
    expect(await screen.findByText("Not done yet.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "To my crop" }));
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("keeps its edits to itself", async () => {
    const practice = openPractice();
    await practice.editor.ready;
    practice.editor.select(ROLES.spurious);
    expect(practice.editor.run("label.delete")).toBe(true);
    await act(() => practice.editor.flush());
    expect(practice.editor.state.getSnapshot().save).toEqual({ kind: "saved" });
    expect(practice.plane.includes(ROLES.spurious)).toBe(false);
    practice.editor.dispose();
  });
});
