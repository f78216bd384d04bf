import { act, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Banners } from "../../src/ui/embed/Banners";
import { StatusLine } from "../../src/ui/embed/StatusLine";
import { fakeCrop } from "./fake-editor";

it("says what the marks of the selected cell say", () => {
  const { crop, show } = fakeCrop();
  render(<StatusLine editor={crop.editor} assignment={crop.assignment} run={vi.fn()} />);
  const marks = crop.editor.state.getSnapshot().marks;
  act(() => show({ selected: 2 }));
  expect(screen.getByText(/^Selected: cell 2, 0 px$/)).toBeTruthy();
  act(() =>
    show({
      cellTypes: [{ id: "tumour", name: "Tumour", color: "#ff0000", hotkey: 1 }],
      marks: {
        ...marks,
        types: new Map([[2, "tumour"]]),
        uncertain: new Set([2]),
        checked: new Set([2]),
      },
    }),
  );
  expect(screen.getByText("Selected: cell 2, 0 px, Tumour, uncertain, checked")).toBeTruthy();
  act(() => show({ marks: { ...marks, types: new Map([[2, "gone"]]) } }));
  expect(screen.getByText("Selected: cell 2, 0 px, gone")).toBeTruthy();
});

it("saves at once when the network is back or the page is looked at again", () => {
  const { crop, editor, show } = fakeCrop();
  const calls = { problem: null, onReload: vi.fn(), onNext: vi.fn(), onDownload: vi.fn() };
  const { unmount } = render(<Banners crop={crop} {...calls} />);
  act(() => void window.dispatchEvent(new Event("online")));
  expect(editor.retrySave).not.toHaveBeenCalled();
  act(() => show({ save: { kind: "offline", nUnsaved: 2, retryAt: 0, message: "" } }));
  act(() => void window.dispatchEvent(new Event("online")));
  expect(editor.retrySave).toHaveBeenCalledTimes(1);
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  expect(editor.retrySave).toHaveBeenCalledTimes(2);
  unmount();
  window.dispatchEvent(new Event("online"));
  expect(editor.retrySave).toHaveBeenCalledTimes(2);
});
