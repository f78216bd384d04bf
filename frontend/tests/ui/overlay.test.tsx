import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { loadPanels } from "../../src/ui/embed/late-parts";
import { CropOverlay } from "../../src/ui/embed/overlay/CropOverlay";
import { cameraOn, isCut, screenPlaces } from "../../src/ui/embed/overlay/places";
import { fakeCrop } from "./fake-editor";
import { assignment } from "./samples";

/** Marks are drawn by a script that follows the first paint. */
beforeAll(async () => void (await loadPanels()), 60_000);
const PATIENT = { timeout: 10_000 };

describe("places", () => {
  const size = { width: 200, height: 100 };

  it("come to the middle, near enough", () => {
    const camera = cameraOn({ row: 10, col: 20 }, { zoom: 1, left: 0, top: 0 }, size, 4);
    expect(camera).toEqual({ zoom: 4, left: 20.5 - 25, top: 10.5 - 12.5 });
    expect(cameraOn({ row: 0, col: 0 }, { zoom: 8, left: 0, top: 0 }, size, 4).zoom).toBe(8);
  });

  it("are points of a polygon on the screen", () => {
    const points = [
      [3, 5],
      [4, 1],
    ] as const;
    expect(screenPlaces(points, { zoom: 2, left: 1, top: 2 })).toBe("8,2 0,4");
  });

  it("are cut off when they do not fit", () => {
    const shape = { nRows: 50, nCols: 100 };
    expect(isCut({ zoom: 2, left: 0, top: 0 }, shape, size)).toBe(false);
    expect(isCut({ zoom: 4, left: 0, top: 0 }, shape, size)).toBe(true);
    expect(isCut({ zoom: 2, left: 5, top: 0 }, shape, size)).toBe(true);
  });
});

describe("over the crop", () => {
  let held: ReturnType<typeof fakeCrop>;
  beforeEach(() => {
    held = fakeCrop();
    held.crop.assignment = assignment({
      window: { row: 0, col: 0, height: 100, width: 100 },
      pixel_size_um: 0.5,
    });
  });
  const show = () =>
    render(
      <CropOverlay
        crop={held.crop}
        viewport={{ width: 300, height: 300, pixelRatio: 1 }}
        mark={{ row: 4, col: 9 }}
      />,
    );

  it("lie a scale bar, a mark and the draft of a tool", () => {
    const { container } = show();
    expect(screen.getByRole("img", { name: /^Scale bar: \d+ µm$/ })).toBeTruthy();
    expect(container.querySelector(".mark")?.getAttribute("cx")).toBe("19");
    const { work } = held.editor.state.getSnapshot();
    const points = [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ];
    act(() => held.show({ work: { ...work, draft: { kind: "path", points, closes: false } } }));
    expect(container.querySelector("polyline")?.getAttribute("points")).toBe("2,4 6,8");
    act(() => held.show({ work: { ...work, draft: { kind: "path", points, closes: true } } }));
    expect(container.querySelector("polygon")).toBeTruthy();
    const window = { row: 1, col: 2, height: 3, width: 4 };
    act(() => held.show({ work: { ...work, draft: { kind: "box", window } } }));
    expect(container.querySelector("rect")?.getAttribute("width")).toBe("8");
    act(() => held.show({ work: { ...work, draft: { kind: "marks", pixels: [window] } } }));
    expect(container.querySelector("circle.draft")?.getAttribute("cx")).toBe("5");
  });

  it("lies the whole crop in small when only a part is in view", () => {
    show();
    const map = () => screen.queryByRole("img", { name: /^The whole crop/ });
    expect(map()).toBeNull();
    act(() => held.show({ camera: { zoom: 6, left: 0, top: 0 } }));
    const shown = map() as HTMLElement;
    fireEvent.pointerDown(shown, { buttons: 1, clientX: 46, clientY: 46 });
    expect(held.editor.setCamera).toHaveBeenLastCalledWith({ zoom: 6, left: 25, top: 25 });
    held.editor.setCamera.mockClear();
    fireEvent.pointerMove(shown, { buttons: 0, clientX: 10, clientY: 10 });
    expect(held.editor.setCamera).not.toHaveBeenCalled();
  });

  it("lies the area that a tool would take, with its box", () => {
    const { container } = show();
    const { work } = held.editor.state.getSnapshot();
    const spans = [[1, 2, 4]] as const;
    const window = { row: 0, col: 0, height: 5, width: 5 };
    act(() => held.show({ work: { ...work, draft: { kind: "area", spans, window } } }));
    expect(container.querySelector(".draft-area")?.getAttribute("d")).toBe(
      "M4.0 2.0h4.0v2.00h-4.0z",
    );
    expect(container.querySelector("rect.draft")?.getAttribute("width")).toBe("10");
  });

  it("lies a sign on each cell that is flagged as uncertain, as long as labels are shown", async () => {
    const { container } = show();
    const signs = () => container.querySelector(".uncertain-signs .question")?.getAttribute("d");
    const places = [
      { label: 3, row: 4, column: 9 },
      { label: 8, row: 20, column: 1 },
    ];
    expect(signs()).toBeUndefined();
    act(() => held.show({ uncertainPlaces: places }));
    await vi.waitFor(() => expect(signs()).toBeDefined(), PATIENT);
    expect(signs()?.match(/M[\d.]+ [\d.]+/g)).toEqual(["M19.0 9.0", "M3.0 41.0"]);
    act(() => held.show({ camera: { zoom: 4, left: 1, top: 0 } }));
    expect(signs()?.match(/M[\d.]+ [\d.]+/g)).toEqual(["M34.0 18.0", "M2.0 82.0"]);
    const { view, work } = held.editor.state.getSnapshot();
    act(() => held.show({ work: { ...work, hidden: new Set([3]) } }));
    expect(signs()?.match(/M/g)?.length).toBe(1);
    act(() => held.show({ work, selected: 3, view: { ...view, onlySelected: true } }));
    expect(signs()).toMatch(/^M34.0 18.0/);
    act(() => held.show({ view, isHidingLabels: true }));
    expect(signs()).toBeUndefined();
    act(() => held.show({ isHidingLabels: false, view: { ...view, showLabels: false } }));
    expect(signs()).toBeUndefined();
  });

  describe("marks", () => {
    const note = {
      id: "n1",
      compartment: "whole_cell",
      label: 2,
      frame: 0,
      row: 4,
      column: 9,
      text: "Two?",
    } as const;
    const withMarks = (change: object) =>
      held.show({ marks: { ...held.editor.state.getSnapshot().marks, ...change } });
    const pins = (container: HTMLElement) => container.querySelectorAll(".note-pin").length;

    it("are pins of notes, in their frame and compartment", async () => {
      const elsewhere = [
        { ...note, id: "n2", frame: 1 },
        { ...note, id: "n3", compartment: "nuclear" },
        { ...note, id: "n4", compartment: "nuclear", label: 0 },
      ];
      withMarks({ notes: [note, ...elsewhere] });
      const { container } = show();
      await vi.waitFor(() => expect(pins(container)).toBe(2), PATIENT);
      expect(container.querySelector(".note-pin")?.getAttribute("transform")).toMatch(
        /^translate\(19 /,
      );
    });

    it("are hatched regions of the frame, the chosen one set off", async () => {
      const points = [
        [0, 0],
        [0, 4],
        [4, 4],
      ];
      const { work } = held.editor.state.getSnapshot();
      withMarks({ regions: [{ id: "r1", frame: 0, points }] });
      held.show({ work: { ...work, selectedRegion: "r1" } });
      const { container } = show();
      const shown = () => container.querySelector(".ignored-region");
      await vi.waitFor(() => expect(shown()).toBeTruthy(), PATIENT);
      const region = shown();
      expect(region?.getAttribute("points")).toBe("0,0 8,0 8,8");
      expect(region?.getAttribute("data-chosen")).toBe("true");
      act(() => held.show({ frame: 1 }));
      expect(shown()).toBeNull();
    });

    it("are written beside their place", async () => {
      const user = userEvent.setup();
      const { work } = held.editor.state.getSnapshot();
      const write = (noteDraft: object) =>
        act(() => held.show({ work: { ...work, noteDraft: { ...note, id: null, ...noteDraft } } }));
      const { container } = show();
      write({ text: "" });
      const field = await screen.findByLabelText("What is to be said about it", {}, PATIENT);
      await vi.waitFor(() => expect(document.activeElement).toBe(field));
      expect(pins(container)).toBe(1);
      await user.type(field, "Is it one?");
      await user.click(screen.getByRole("button", { name: "Save note" }));
      expect(held.editor.saveNote).toHaveBeenLastCalledWith("Is it one?");
      await user.type(field, "{Control>}{Enter}{/Control}");
      expect(held.editor.saveNote).toHaveBeenCalledTimes(2);
      await user.type(field, "{Escape}");
      await user.clear(field);
      await user.type(field, "{Control>}{Enter}{/Control}");
      expect(held.editor.cancelNote).toHaveBeenCalledTimes(2);
      write({ id: "n1", label: 0, row: 5 });
      expect(
        await screen.findByRole("region", { name: "Note: a place in the image" }),
      ).toBeTruthy();
      await user.click(screen.getByRole("button", { name: "Delete" }));
      expect(held.editor.saveNote).toHaveBeenLastCalledWith("");
    });
  });

  it.each([
    ["right of its pin", 0, { width: 900, height: 700 }, "46px"],
    ["left of it", 380, { width: 900, height: 700 }, "490px"],
    ["below it", 60, { width: 320, height: 700 }, "12px"],
  ])("lies the editor of a note %s", async (_, column, size, left) => {
    const { work } = held.editor.state.getSnapshot();
    const compartment = "whole_cell" as const;
    const place = { compartment, label: 0, frame: 0, row: 20, column: column + 9.5 };
    held.show({ work: { ...work, noteDraft: { id: null, text: "", ...place } } });
    const viewport = { ...size, pixelRatio: 1 };
    render(<CropOverlay crop={held.crop} viewport={viewport} mark={null} />);
    expect((await screen.findByRole("region")).style.left).toBe(left);
  });

  it("lie boxes that the predictor works on, each with a way out", async () => {
    const { work } = held.editor.state.getSnapshot();
    const window = { row: 1, col: 2, height: 20, width: 30 };
    const box = { compartment: "whole_cell", window } as const;
    const predictions = [
      { ...box, id: 1, frame: 0 },
      { ...box, id: 2, frame: 1 },
    ];
    held.show({ work: { ...work, predictions } });
    show();
    expect(screen.getByText("Predicting…")).toBeTruthy();
    await userEvent.setup().click(screen.getByRole("button", { name: "Cancel the prediction" }));
    expect(held.editor.cancelPrediction.mock.calls).toEqual([[1]]);
  });
});
