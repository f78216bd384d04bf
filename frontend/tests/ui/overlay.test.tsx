import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { CropOverlay } from "../../src/ui/embed/overlay/CropOverlay";
import { cameraOn, isCut } from "../../src/ui/embed/overlay/places";
import { fakeCrop } from "./fake-editor";
import { assignment } from "./samples";

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
    fireEvent.pointerDown(shown, { buttons: 1, clientX: 66, clientY: 66 });
    expect(held.editor.setCamera).toHaveBeenLastCalledWith({ zoom: 6, left: 25, top: 25 });
    held.editor.setCamera.mockClear();
    fireEvent.pointerMove(shown, { buttons: 0, clientX: 10, clientY: 10 });
    expect(held.editor.setCamera).not.toHaveBeenCalled();
  });
});
