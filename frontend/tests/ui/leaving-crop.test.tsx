import { act, fireEvent, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { labelImage } from "../../src/model";
import type { EditorScreenProps } from "../../src/ui/embed/EditorScreen";
import { fakeCrop } from "./fake-editor";
import { actions, button, showEditor } from "./show-editor";

let held: ReturnType<typeof fakeCrop>;
const show = (change: Partial<EditorScreenProps> = {}) => showEditor(held.crop, change);

beforeEach(() => {
  held = fakeCrop();
  for (const action of Object.values(actions)) action.mockReset();
});

describe("leaving a crop", () => {
  /** Two labels that are fragments, in the middle of a crop. */
  function withFindings() {
    const shape = { nFrames: 1, nRows: 4, nCols: 4 };
    const whole_cell = labelImage(new Uint32Array(16), shape);
    whole_cell.data[5] = 3;
    whole_cell.data[10] = 4;
    held.crop.labels = { whole_cell };
  }

  it("shows what the checks found, each at a click, and submits all the same", async () => {
    withFindings();
    const { user } = show();
    await user.click(button("Submit"));
    expect(await screen.findByRole("heading", { name: "2 places to look at" })).toBeTruthy();
    expect(actions.onSubmit).not.toHaveBeenCalled();
    expect(held.editor.setDoubt).toHaveBeenLastCalledWith(
      new Map([
        [3, 1],
        [4, 1],
      ]),
    );
    await user.click(button(/^Cell 4 has only 1 px/));
    expect(held.editor.select).toHaveBeenLastCalledWith(4);
    expect(held.editor.setCompartment).toHaveBeenLastCalledWith("whole_cell");
    expect(held.editor.setCamera).toHaveBeenLastCalledWith(expect.objectContaining({ zoom: 3 }));
    await user.click(button("Submit anyway"));
    expect(actions.onSubmit).toHaveBeenCalledOnce();
  });

  it("colours the cells with findings, and all again when closed", async () => {
    withFindings();
    const { user } = show();
    await user.click(button("Submit"));
    await user.click(await screen.findByLabelText("Colour these cells only"));
    const { view } = held.editor.state.getSnapshot();
    act(() => held.show({ view: { ...view, colorBy: "value" } }));
    await user.click(button("Close"));
    const labels = new Map([
      [3, 1],
      [4, 1],
    ]);
    expect(held.editor.setLabelValues.mock.calls).toEqual([[labels], [null]]);
    expect(held.editor.setView.mock.calls).toEqual([
      [{ colorBy: "value" }],
      [{ colorBy: "label" }],
    ]);
  });

  it("checks again, and closes what it found", async () => {
    withFindings();
    const { user } = show();
    await user.click(button("More"));
    await user.click(button(/^Check the crop/));
    held.crop.labels = fakeCrop().crop.labels;
    await user.click(await screen.findByRole("button", { name: "Check again" }));
    expect(await screen.findByRole("heading", { name: "Nothing to look at" })).toBeTruthy();
    await user.click(button("Close"));
    expect(screen.queryByRole("heading", { name: "Nothing to look at" })).toBeNull();
    expect(actions.onSubmit).not.toHaveBeenCalled();
  });

  it("submits nothing that may not be edited", async () => {
    const { user } = show();
    act(() => held.show({ editable: false }));
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(actions.onSubmit).not.toHaveBeenCalled();
    expect(screen.getByText("This crop cannot be submitted now.")).toBeTruthy();
  });

  it("submits and skips by button, submits by key", async () => {
    const { user } = show();
    await user.click(button("Submit"));
    await vi.waitFor(() => expect(actions.onSubmit).toHaveBeenCalledOnce());
    await user.keyboard("{Control>}{Enter}{/Control}");
    await vi.waitFor(() => expect(actions.onSubmit).toHaveBeenCalledTimes(2));
    await user.click(button("Skip"));
    expect(actions.onSkip).toHaveBeenCalledOnce();
  });

  it("asks twice before edits are thrown away by skipping, and forgets that it asked", async () => {
    held.show({ canUndo: true });
    show();
    vi.useFakeTimers();
    fireEvent.click(button("Skip"));
    act(() => vi.advanceTimersByTime(6000));
    fireEvent.click(button("Skip"));
    expect(actions.onSkip).not.toHaveBeenCalled();
    fireEvent.click(button("Skip: my edits go"));
    expect(actions.onSkip).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it("does not take a double-click on Skip for the answer to its own question", () => {
    held.show({ canUndo: true });
    show();
    fireEvent.click(button("Skip"), { detail: 1 });
    fireEvent.click(button("Skip: my edits go"), { detail: 2 });
    expect(actions.onSkip).not.toHaveBeenCalled();
    fireEvent.click(button("Skip: my edits go"), { detail: 1 });
    expect(actions.onSkip).toHaveBeenCalledOnce();
  });

  it("submits once however often it is asked while the check runs", async () => {
    let answer: (found: []) => void = () => undefined;
    const check = vi.fn(() => new Promise<[]>((settle) => (answer = settle)));
    held.crop.check = check;
    const { user } = show();
    await user.click(button("Submit"));
    expect(button("Checking…").disabled).toBe(true);
    await user.keyboard("{Control>}{Enter}{Enter}{/Control}");
    await act(async () => answer([]));
    expect([check.mock.calls.length, actions.onSubmit.mock.calls.length]).toEqual([1, 1]);
  });

  it("checks by the thresholds of the project", async () => {
    const submit_checks = { min_area_px: 3, min_covered: 0.2, min_bright_area_px: 40 };
    held.crop.assignment = { ...held.crop.assignment, submit_checks };
    held.crop.check = vi.fn(async () => []);
    const { user } = show();
    await user.click(button("Submit"));
    expect(held.crop.check).toHaveBeenCalledWith(
      expect.objectContaining({
        thresholds: { minAreaPx: 3, minCovered: 0.2, minBrightAreaPx: 40 },
      }),
    );
  });

  it("says when the crop could not be checked, and submits nothing", async () => {
    held.crop.check = () => Promise.reject(new Error("The worker broke."));
    const { user } = show();
    await user.click(button("Submit"));
    expect(
      await screen.findByText("The crop could not be checked. The worker broke."),
    ).toBeTruthy();
    expect(actions.onSubmit).not.toHaveBeenCalled();
  });

  it("colours cells by the findings where the colours of labels are chosen", async () => {
    withFindings();
    const { user } = show();
    await user.selectOptions(await screen.findByLabelText("Colours"), "Findings");
    await vi.waitFor(() =>
      expect(held.editor.setView).toHaveBeenLastCalledWith({ colorBy: "value" }),
    );
    const { view } = held.editor.state.getSnapshot();
    act(() => held.show({ view: { ...view, colorBy: "value" } }));
    expect(screen.getByRole("img", { name: "Colours from few findings to many" })).toBeTruthy();
  });

  it("takes neither clicks nor keys nor strokes while it submits", async () => {
    const { user, container } = show({ leaving: "submit" });
    expect(button("Submitting…").disabled).toBe(true);
    expect(button("Skip").disabled).toBe(true);
    await user.keyboard("e{Control>}{Enter}{/Control}");
    const canvas = container.querySelector("canvas");
    canvas?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    expect(held.editor.run).not.toHaveBeenCalled();
    expect(held.editor.dispatch).not.toHaveBeenCalled();
    expect(actions.onSubmit).not.toHaveBeenCalled();
  });

  it("says why a submission failed", () => {
    const { again } = show();
    again({ problem: "Labels differ." });
    expect(screen.getByRole("alert").textContent).toBe("The crop stays open. Labels differ.");
    expect(button("Submit").disabled).toBe(false);
  });
});
