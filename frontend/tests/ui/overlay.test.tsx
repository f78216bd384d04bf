import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { CropOverlay } from "../../src/ui/embed/overlay/CropOverlay";
import { cameraOn, isCut, scaleBar } from "../../src/ui/embed/overlay/places";
import { thumbnail } from "../../src/ui/embed/overlay/thumbnail";
import { fakeCrop } from "./fake-editor";
import { assignment } from "./samples";

describe("a scale bar", () => {
  it.each([
    [0.5, 1, 100, "50 µm", 100],
    [0.5, 2, 100, "20 µm", 80],
    [0.325, 10, 120, "2 µm", 61.5],
    [0.01, 2, 120, "500 nm", 100],
    [20, 1, 120, "2 mm", 100],
    [null, 2, 120, "50 px", 100],
  ] as const)("of %s µm at zoom %s within %s px says %s", (size, zoom, most, words, lengthPx) => {
    const bar = scaleBar(size, zoom, most);
    expect(bar.words).toBe(words);
    expect(bar.lengthPx).toBeCloseTo(lengthPx, 1);
  });
});

describe("places", () => {
  const size = { width: 200, height: 100 };

  it("come to the middle, near enough", () => {
    const camera = cameraOn({ row: 10, col: 20 }, { zoom: 1, left: 0, top: 0 }, size, 4);
    expect(camera).toEqual({ zoom: 4, left: 20.5 - 25, top: 10.5 - 12.5 });
    expect(cameraOn({ row: 0, col: 0 }, { zoom: 8, left: 0, top: 0 }, size, 4).zoom).toBe(8);
  });

  it("are cut off when they do not fit", () => {
    const shape = { nRows: 50, nCols: 100 };
    expect(isCut({ zoom: 2, left: 0, top: 0 }, shape, size)).toBe(false);
    expect(isCut({ zoom: 4, left: 0, top: 0 }, shape, size)).toBe(true);
    expect(isCut({ zoom: 2, left: 5, top: 0 }, shape, size)).toBe(true);
  });
});

it("a thumbnail adds the light of the channels that are shown", () => {
  const { editor } = fakeCrop();
  const [dapi] = editor.state.getSnapshot().channels;
  const views = [
    { ...dapi, color: [255, 0, 0], contrast: [0, 10] },
    { ...dapi, color: [0, 0, 200], contrast: [0, 10], inverted: true },
    { ...dapi, visible: false },
  ] as const;
  const data = (index: number) => Uint8Array.of(0, 10, 5, 99).map((value) => value + index * 0);
  const pixels = thumbnail({
    views,
    data,
    shape: { nRows: 1, nCols: 2 },
    frame: 1,
    width: 2,
    height: 1,
  });
  expect([...pixels]).toEqual([128, 0, 100, 255, 255, 0, 0, 255]);
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
        viewport={{ width: 300, height: 300 }}
        mark={{ row: 4, col: 9 }}
      />,
    );

  it("lie a scale bar, a mark and the draft of a tool", () => {
    const { container } = show();
    expect(screen.getByRole("img", { name: "Scale bar: 20 µm" })).toBeTruthy();
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
    fireEvent.pointerDown(shown, { buttons: 1, clientX: 66, clientY: 66 });
    expect(held.editor.setCamera).toHaveBeenLastCalledWith({ zoom: 6, left: 25, top: 25 });
    held.editor.setCamera.mockClear();
    fireEvent.pointerMove(shown, { buttons: 0, clientX: 10, clientY: 10 });
    expect(held.editor.setCamera).not.toHaveBeenCalled();
  });
});
