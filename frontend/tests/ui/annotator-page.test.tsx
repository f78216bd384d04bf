import { act, screen, within } from "@testing-library/react";
import { unzipSync } from "fflate";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { labelImage, parseNpy } from "../../src/model";
import { workFile } from "../../src/ui/embed/download";
import type { EditorScreenProps } from "../../src/ui/embed/EditorScreen";
import { fakeCrop } from "./fake-editor";
import { actions, button, showEditor } from "./show-editor";

let held: ReturnType<typeof fakeCrop>;
const show = (change: Partial<EditorScreenProps> = {}) => showEditor(held.crop, change);

beforeEach(() => {
  held = fakeCrop();
  for (const action of Object.values(actions)) action.mockReset();
});

it("says on its root when the crop can be edited", () => {
  const [channel] = held.editor.state.getSnapshot().channels;
  held.show({ channels: [{ ...channel, loaded: false }] });
  const { container } = show();
  const isReady = () => container.querySelector(".editor")?.getAttribute("data-ready");
  expect(isReady()).toBe("false");
  act(() => held.show({ channels: [channel] }));
  expect(isReady()).toBe("true");
  act(() => held.show({ editable: false }));
  expect(isReady()).toBe("false");
});

describe("tools", () => {
  it("tells the editor what the buttons and keys ask for", async () => {
    const { user } = show();
    await user.click(button("Brush"));
    await user.click(button("New label"));
    await user.keyboard("e");
    await user.keyboard("{Control>}z{/Control}");
    expect(held.editor.setTool).toHaveBeenCalledWith("brush");
    expect(held.editor.run.mock.calls).toEqual([["label.new"], ["tool.erase"], ["history.undo"]]);
  });

  it("offers deletion, undo and redo only when there is something to do", () => {
    show();
    expect([button(/^Delete the selected label/).disabled, button("Undo").disabled]).toEqual([
      true,
      true,
    ]);
    act(() => held.show({ selected: 2, canUndo: true }));
    expect([button(/^Delete the selected label/).disabled, button("Undo").disabled]).toEqual([
      false,
      false,
    ]);
    expect(button("Redo").disabled).toBe(true);
  });

  it("switches the compartment", async () => {
    const { user } = show();
    await user.click(screen.getByRole("radio", { name: "Nucleus" }));
    expect(held.editor.setCompartment).toHaveBeenCalledWith("nuclear");
  });

  it("says what is under the pointer and what is selected", () => {
    show();
    act(() =>
      held.show({
        hover: { row: 1, col: 2, label: 7, values: [512.25] },
        selected: 7,
        selection: {
          label: 7,
          areaPx: 140,
          window: { row: 0, col: 0, height: 2, width: 3 },
          centroid: { row: 1, col: 1 },
        },
      }),
    );
    expect(screen.getByText("row 1, column 2 · cell 7 · DAPI 512.3")).toBeTruthy();
    expect(screen.getByText("Selected: cell 7, 140 px")).toBeTruthy();
  });

  it("shows instructions as text, never as HTML", async () => {
    const { container } = show({ instructions: "<b>Outline</b> every cell." });
    expect(await screen.findByText("<b>Outline</b> every cell.")).toBeTruthy();
    expect(container.querySelector("b")).toBeNull();
  });
});

describe("channels and labels", () => {
  it("changes visibility, colour and contrast of a channel", async () => {
    const { user } = show();
    await user.click(await screen.findByLabelText("Show DAPI"));
    expect(held.editor.setChannel).toHaveBeenLastCalledWith(0, { visible: false });
    await user.click(button("Auto contrast of DAPI"));
    expect(held.editor.autoContrast).toHaveBeenCalledWith(0);
    expect(screen.getByLabelText<HTMLInputElement>("Colour of DAPI").value).toBe("#0080ff");
    expect(screen.getByLabelText<HTMLInputElement>("DAPI: shown black at").value).toBe("100");
  });

  it("changes how labels look and what painting may cover", async () => {
    const { user } = show();
    await user.click(await screen.findByLabelText("Only the selected cell"));
    await user.click(screen.getByLabelText("Colour-blind-safe colours"));
    await user.selectOptions(screen.getByLabelText("Colours"), "Area");
    await user.click(screen.getByLabelText("Outlines of the other compartment"));
    act(() => held.show({ tool: "brush" }));
    await user.selectOptions(screen.getByLabelText("Pixels of other cells"), "overwrite");
    expect(held.editor.setView.mock.calls).toEqual([
      [{ onlySelected: true }],
      [{ palette: "safe" }],
      [{ colorBy: "area" }],
      [{ showOther: true }],
    ]);
    expect(held.editor.setWriteMode).toHaveBeenCalledWith("overwrite");
  });

  it("shows hidden labels again, and the scale of colours of areas", async () => {
    const { view, work } = held.editor.state.getSnapshot();
    held.show({ view: { ...view, colorBy: "area" }, work: { ...work, hidden: new Set([4, 5]) } });
    const { user } = show();
    await user.selectOptions(await screen.findByLabelText("Scale of colours"), "magma");
    expect(held.editor.setView).toHaveBeenCalledWith({ colormap: "magma" });
    await user.click(button("Show 2 hidden"));
    expect(held.editor.setHidden).toHaveBeenCalledWith([]);
  });

  it("names a channel that could not be loaded", async () => {
    const failed = Promise.reject(new Error("The array misses 4 bytes. Load it again."));
    show({ crop: { ...held.crop, channelsLoaded: failed } });
    expect((await screen.findByRole("alert")).textContent).toBe(
      "A channel could not be loaded: The array misses 4 bytes. Load it again.",
    );
  });
});

describe("saving", () => {
  const alert = () => screen.getByRole("alert");

  it.each([
    [{ kind: "saved" }, "All changes saved"],
    [{ kind: "saving", nUnsaved: 1 }, "Saving 1 change…"],
    [{ kind: "offline", nUnsaved: 3, retryAt: 0, message: "" }, "Offline: 3 unsaved"],
    [{ kind: "conflict", nUnsaved: 1, code: "gap", message: "" }, "Not saved: conflict"],
    [{ kind: "closed", nUnsaved: 1, message: "" }, "Not saved: closed"],
  ] as const)("says %o in words", (save, words) => {
    held.show({ save });
    const { container } = show();
    expect(container.querySelector(".saved-state")?.textContent).toBe(words);
  });

  it("says that everything is saved only as long as it is", async () => {
    const { user } = show();
    await user.keyboard("{Control>}s{/Control}");
    expect(await screen.findByText("Everything is saved.")).toBeTruthy();
    act(() => held.show({ save: { kind: "saving", nUnsaved: 1 } }));
    expect(screen.queryByText("Everything is saved.")).toBeNull();
  });

  it("offers to try now and to download while offline", async () => {
    const { user } = show();
    expect(screen.queryByRole("alert")).toBeNull();
    const message = "The server cannot be reached.";
    act(() => held.show({ save: { kind: "offline", nUnsaved: 2, retryAt: 0, message } }));
    expect(alert().textContent).toContain(`2 changes are not saved yet. ${message}`);
    await user.click(button("Try now"));
    expect(held.editor.retrySave).toHaveBeenCalledOnce();
    expect(within(alert()).getByRole("button", { name: "Download my work" })).toBeTruthy();
  });

  it("offers the server's version after a conflict and no submission", async () => {
    held.show({
      editable: false,
      save: {
        kind: "conflict",
        nUnsaved: 1,
        code: "edit_diverged",
        message: "Pixel 3, 8 differs.",
      },
    });
    const { user } = show();
    expect(alert().textContent).toContain("Pixel 3, 8 differs.");
    expect(button("Submit").disabled).toBe(true);
    await user.click(button("Load the server’s version"));
    expect(actions.onReload).toHaveBeenCalledOnce();
  });

  it("offers the next crop when this one is closed", async () => {
    held.show({ save: { kind: "closed", nUnsaved: 1, message: "The lease ran out." } });
    const { user } = show();
    expect(alert().textContent).toContain("The lease ran out.");
    await user.click(button("Take the next crop"));
    expect(actions.onNext).toHaveBeenCalledOnce();
  });

  it("warns of unsaved changes where the browser keeps no crash journal", () => {
    held.show({ journalWorks: false });
    show();
    expect(screen.queryByText(/keeps no copy of unsaved changes/)).toBeNull();
    act(() => held.show({ save: { kind: "saving", nUnsaved: 1 } }));
    expect(screen.getByText(/keeps no copy of unsaved changes/)).toBeTruthy();
  });
});

describe("what came back from the crash journal", () => {
  it("is said in words until it is understood", async () => {
    const { user } = show();
    act(() => held.show({ nRestored: 3 }));
    expect(screen.getByText(/^3 edits came back after the page closed/)).toBeTruthy();
    await user.click(button("Understood"));
    expect(screen.queryByText(/came back/)).toBeNull();
  });
});

describe("working through a crop by keyboard", () => {
  it("is told of in the hint line and counted below", () => {
    show();
    act(() => held.show({ selected: 2, nInstances: 140, nChecked: 12 }));
    expect(
      screen.getByText("Enter accepts this cell and goes to the next: 12 of 140 checked."),
    ).toBeTruthy();
    expect(screen.getByText("12 of 140 checked")).toBeTruthy();
    act(() => held.show({ nChecked: 140 }));
    expect(screen.getByText("All 140 cells of this frame are checked.")).toBeTruthy();
  });
});

describe("a stack", () => {
  beforeEach(() => {
    held = fakeCrop({ n_frames: 2 });
    const shape = { nFrames: 2, nRows: 1, nCols: 2 };
    held.crop.labels = { whole_cell: labelImage(Uint32Array.of(1, 0, 1, 2), shape) };
    held.editor.framesOf.mockImplementation((_, label) => (label === 1 ? [0, 1] : [1]));
  });

  it("has a slider, buttons, and bars of the frames of the selected and the hovered cell", async () => {
    const { user } = show();
    expect(screen.getAllByRole("img", { name: "No cell" }).length).toBe(2);
    const hover = { row: 0, col: 1, label: 2, values: [] };
    act(() => held.show({ selected: 1, hover }));
    expect(screen.getByRole("img", { name: "Frames of cell 1: 1, 2" })).toBeTruthy();
    expect(screen.getByRole("img", { name: "Frames of cell 2: 2" })).toBeTruthy();
    expect(button("Previous frame").disabled).toBe(true);
    await user.click(button("Next frame"));
    expect(held.editor.run).toHaveBeenLastCalledWith("frame.next");
  });
});

describe("the panels", () => {
  it("are opened by commands of the palette too", async () => {
    const { user } = show();
    await screen.findByRole("tablist");
    await user.click(button("Channels and labels"));
    expect(screen.queryByRole("tablist")).toBeNull();
    await user.keyboard("{Control>}k{/Control}");
    const field = await screen.findByRole("combobox", { name: /Type a few letters/ });
    await user.type(field, "panel: ignored{Enter}");
    expect(await screen.findByRole("tab", { name: /^Ignore/, selected: true })).toBeTruthy();
  });
});

describe("a second tab", () => {
  it("is read-only, says so, and may take over once the first let go", async () => {
    let free: () => void = () => undefined;
    const freed = new Promise<void>((settle) => {
      free = settle;
    });
    held.crop.tab = { isHeld: false, freed, release: vi.fn() };
    const { user } = show();
    expect(screen.getByRole("alert").textContent).toContain("open in another tab");
    expect(screen.queryByRole("button", { name: "Edit here" })).toBeNull();
    await act(async () => free());
    await user.click(button("Edit here"));
    expect(actions.onNext).toHaveBeenCalledOnce();
  });
});

describe("download of the work", () => {
  it("is an npz with the labels, their names, the marks and the unsaved edits", async () => {
    const edit = {
      seq: 1,
      tool: "brush",
      client_at: "2026-03-04T05:06:07Z",
      active_s: 1,
      diff: "AQ==",
      checksum: 3,
    };
    const marks = { "uncertain/whole_cell/1": true } as const;
    const { labels } = held.crop;
    const files = unzipSync(await workFile({ labels, marks, unsaved: [edit] }));
    expect(Object.keys(files)).toEqual([
      "y.npy",
      "compartments.npy",
      "marks.json",
      "unsaved_edits.json",
    ]);
    const { dtype, shape, data } = parseNpy(Uint8Array.from(files["y.npy"]).buffer);
    expect([dtype, shape]).toEqual(["<u4", [1, 2, 3, 2]]);
    expect([...data]).toEqual([1, 1, 1, 0, 0, 0, 2, 2, 2, 0, 0, 0]);
    const json = (name: string) => JSON.parse(new TextDecoder().decode(files[name]));
    expect([json("marks.json"), json("unsaved_edits.json")]).toEqual([marks, [edit]]);
  });
});
