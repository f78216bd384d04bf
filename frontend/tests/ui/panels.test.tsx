import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { labelImage, type Note, type Region } from "../../src/model";
import { DivisionsPanel } from "../../src/ui/embed/panels/DivisionsPanel";
import { FOOTPRINT_PX, footprintPixels } from "../../src/ui/embed/panels/footprint-pixels";
import { NotesPanel } from "../../src/ui/embed/panels/NotesPanel";
import { countOf, panelsOf } from "../../src/ui/embed/panels/panel-list";
import { RegionsPanel } from "../../src/ui/embed/panels/RegionsPanel";
import { extentOf } from "../../src/ui/embed/panels/region-extent";
import { SidePanel } from "../../src/ui/embed/panels/SidePanel";
import { TypesPanel } from "../../src/ui/embed/panels/TypesPanel";
import { drawn } from "./drawn";
import { fakeCrop } from "./fake-editor";

const TYPES = [
  { id: "t_cell", name: "T cell", color: "#e6194b", hotkey: 1 },
  { id: "other", name: "Other", color: "#808080", hotkey: null },
] as const;

const note = (change: Partial<Note> = {}): Note => ({
  id: "n1",
  compartment: "whole_cell",
  label: 2,
  frame: 0,
  row: 1,
  column: 3,
  text: "Two cells?",
  ...change,
});

const region: Region = {
  id: "r1",
  frame: 1,
  points: [
    [10, 20],
    [10, 40],
    [30, 40],
  ],
};

let held: ReturnType<typeof fakeCrop>;
const run = vi.fn();

beforeEach(() => {
  held = fakeCrop({ n_frames: 2, cell_types: [...TYPES] });
  run.mockReset();
});

function marks(change: object) {
  const { marks: now } = held.editor.state.getSnapshot();
  return { marks: { ...now, ...change } };
}

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });

describe("the panel switcher", () => {
  const show = () => {
    const onPanel = vi.fn();
    const props = { crop: held.crop, instructions: "", run, onPanel, onColorByFindings: vi.fn() };
    const view = render(<SidePanel {...props} panel="view" />);
    const open = (panel: "types" | "notes" | "regions" | "divisions") =>
      view.rerender(<SidePanel {...props} panel={panel} />);
    return { user: userEvent.setup(), onPanel, open };
  };

  it("is a list of tabs with one stop, and arrows between them", async () => {
    const { user, onPanel } = show();
    const tabs = screen.getAllByRole("tab");
    expect(tabs.map((tab) => tab.textContent)).toEqual([
      "View",
      "Types",
      "Notes",
      "Ignore",
      "Divisions",
    ]);
    expect(tabs.map((tab) => tab.tabIndex)).toEqual([0, -1, -1, -1, -1]);
    act(() => tabs[0]?.focus());
    await user.keyboard("{ArrowLeft}{Enter}");
    expect(onPanel.mock.calls).toEqual([["divisions"]]);
  });

  it.each([
    ["types", "Cell types"],
    ["notes", "Notes"],
    ["regions", "Ignored regions"],
    ["divisions", "Divisions"],
  ] as const)("shows %s in the place of the channels", (panel, title) => {
    held.show({ cellTypes: TYPES });
    const { open } = show();
    expect(screen.getByRole("heading", { name: "Channels" })).toBeTruthy();
    open(panel);
    expect(screen.queryByRole("heading", { name: "Channels" })).toBeNull();
    expect(screen.getByRole("heading", { name: title })).toBeTruthy();
  });

  it("counts what there is, and warns of what cannot be", () => {
    const { marks: none } = held.editor.state.getSnapshot();
    const some = { ...none, notes: [note()], uncertain: new Set([1, 2]), regions: [region] };
    const alert = { rule: "one_daughter", severity: "warning", compartment: "whole_cell" } as const;
    const alerts = [{ ...alert, parent: 1, label: 2, frame: 1 }];
    const counts = (["view", "types", "notes", "regions", "divisions"] as const).map((panel) =>
      countOf(panel, { marks: some, alerts, nUncertain: 2 }),
    );
    expect(counts.map(({ n }) => n)).toEqual([0, 0, 3, 1, 1]);
    expect(counts.map(({ isUrgent }) => isUrgent)).toEqual([false, false, false, false, true]);
    held.show({ marks: some });
    show();
    expect(screen.getByRole("tab", { name: "Notes 3" })).toBeTruthy();
  });

  it("has divisions for stacks only", () => {
    const ids = (n_frames: number) => panelsOf({ n_frames }).map(({ id }) => id);
    expect(ids(1)).toEqual(["view", "types", "notes", "regions"]);
    expect(ids(2)).toContain("divisions");
  });
});

describe("cell types", () => {
  const show = () => {
    held.show({ cellTypes: TYPES, typeCounts: new Map([["t_cell", 4]]) });
    render(<TypesPanel crop={held.crop} run={run} />);
    return userEvent.setup();
  };

  it("are given to the selected cell, and taken away by a second press", async () => {
    held.show({ selected: 7 });
    const user = show();
    await user.click(screen.getByTitle("Give the selected cell the type T cell"));
    act(() => held.show(marks({ types: new Map([[7, "t_cell"]]) })));
    await user.click(screen.getByTitle("Give the selected cell the type T cell"));
    await user.click(screen.getByTitle("Take the type of the selected cell away"));
    expect(held.editor.setType.mock.calls).toEqual([["t_cell"], [null], [null]]);
    expect(held.editor.setActiveType).toHaveBeenLastCalledWith("t_cell");
  });

  it("are chosen for clicks where no cell is selected", async () => {
    const user = show();
    await user.click(screen.getByTitle("Give the selected cell the type Other"));
    await user.click(button("Assign by clicking"));
    expect(held.editor.setType).not.toHaveBeenCalled();
    expect(held.editor.setActiveType).toHaveBeenCalledWith("other");
    expect(run).toHaveBeenCalledWith("tool.type");
    act(() => held.show({ tool: "type" }));
    await user.click(button("Assign by clicking"));
    expect(held.editor.setTool).toHaveBeenCalledWith("select");
  });

  it("show their number and key, hide and colour their cells", async () => {
    const { work, view } = held.editor.state.getSnapshot();
    const types = new Map([
      [3, "t_cell"],
      [4, "t_cell"],
      [5, "other"],
    ]);
    held.show({ ...marks({ types }), work: { ...work, hidden: new Set([9]) } });
    const user = show();
    expect(screen.getByTitle("Give the selected cell the type T cell").textContent).toBe(
      "T cell41",
    );
    await user.click(button("Hide cells of the type T cell"));
    expect(held.editor.setHidden).toHaveBeenLastCalledWith([9, 3, 4]);
    act(() => held.show({ work: { ...work, hidden: new Set([9, 3, 4]) } }));
    await user.click(button("Show cells of the type T cell"));
    expect(held.editor.setHidden).toHaveBeenLastCalledWith([9]);
    await user.click(screen.getByLabelText("Colour by type"));
    act(() => held.show({ view: { ...view, colorBy: "type" } }));
    await user.click(screen.getByLabelText("Colour by type"));
    expect(held.editor.setView.mock.calls).toEqual([[{ colorBy: "type" }], [{ colorBy: "label" }]]);
  });

  it("are none in a project without them, which is said", () => {
    render(<TypesPanel crop={held.crop} run={run} />);
    expect(screen.getByText(/^This project names no cell types/)).toBeTruthy();
  });
});

describe("notes and flags", () => {
  const show = () => {
    render(<NotesPanel crop={held.crop} run={run} />);
    return userEvent.setup();
  };

  it("say that a cell has to be selected first", () => {
    show();
    expect(button("Uncertain").disabled).toBe(true);
    expect(button("Add a note").disabled).toBe(true);
    expect(screen.getByText("No notes yet.")).toBeTruthy();
  });

  it("flag and describe the selected cell", async () => {
    held.show({ selected: 4, ...marks({ uncertain: new Set([4, 6]) }) });
    const user = show();
    expect(button("Uncertain").getAttribute("aria-pressed")).toBe("true");
    await user.click(button("Uncertain"));
    await user.click(button("Add a note"));
    await user.click(button("Pin by clicking"));
    expect(run.mock.calls).toEqual([["label.uncertain"], ["note.add"], ["tool.note"]]);
    await user.click(button("Cell 6"));
    expect(held.editor.goTo).toHaveBeenLastCalledWith({ label: 6, frame: 0 });
    act(() => held.show({ tool: "note" }));
    await user.click(button("Pin by clicking"));
    expect(held.editor.setTool).toHaveBeenCalledWith("select");
  });

  it("show flagged cells that have pixels, and lead to a frame where they do", async () => {
    const frames = new Map([
      [4, [0, 1]],
      [6, [1]],
      [9, []],
    ]);
    held.editor.framesOf.mockImplementation((_, label) => frames.get(label) ?? []);
    held.show(marks({ uncertain: new Set([4, 6, 9]) }));
    const user = show();
    expect(screen.queryByRole("button", { name: "Cell 9" })).toBeNull();
    await user.click(button("Cell 6"));
    expect(held.editor.goTo).toHaveBeenLastCalledWith({ label: 6, frame: 1 });
    act(() => held.show({ frame: 1 }));
    await user.click(button("Cell 4"));
    expect(held.editor.goTo).toHaveBeenLastCalledWith({ label: 4, frame: 1 });
    const props = { crop: held.crop, instructions: "", run, onPanel: vi.fn() };
    render(<SidePanel {...props} onColorByFindings={vi.fn()} panel="notes" />);
    expect(screen.getByRole("tab", { name: "Notes 2" })).toBeTruthy();
  });

  it("are listed, each with its place, and can be changed and deleted", async () => {
    held.show(marks({ notes: [note(), note({ id: "n2", label: 0, text: "Dirt", frame: 1 })] }));
    const user = show();
    await user.click(button("Two cells? Cell 2, Frame 1"));
    expect(held.editor.goTo).toHaveBeenLastCalledWith({
      compartment: "whole_cell",
      frame: 0,
      label: 2,
      row: 1,
      column: 3,
    });
    await user.click(button("Edit the note at Cell 2, Frame 1"));
    await user.click(button("Delete the note at row 1, column 3, Frame 2"));
    expect(held.editor.editNote).toHaveBeenCalledWith("n1");
    expect(held.editor.deleteNote).toHaveBeenCalledWith("n2");
  });
});

describe("ignored regions", () => {
  it("are drawn with tools, listed, shown and deleted", async () => {
    held.show(marks({ regions: [region] }));
    render(<RegionsPanel crop={held.crop} run={run} />);
    const user = userEvent.setup();
    await user.click(button("Draw a box"));
    await user.click(button("Draw a lasso"));
    expect(run.mock.calls).toEqual([["tool.ignore_box"], ["tool.ignore_lasso"]]);
    act(() => held.show({ tool: "ignore_box" }));
    await user.click(button("Draw a box"));
    expect(held.editor.setTool).toHaveBeenCalledWith("select");
    await user.click(button("Region 1 20 × 20 px, Frame 2"));
    expect(held.editor.goTo).toHaveBeenCalledWith({ frame: 1, row: 20, column: 30 });
    expect(held.editor.selectRegion).toHaveBeenCalledWith("r1");
    await user.click(button("Delete region 1"));
    expect(held.editor.deleteRegion).toHaveBeenCalledWith("r1");
  });

  it("say what they are for where there are none", () => {
    render(<RegionsPanel crop={held.crop} run={run} />);
    expect(screen.getByText(/^Training does not learn/)).toBeTruthy();
    expect(screen.getByText("No ignored regions.")).toBeTruthy();
  });

  it("have the extent of their corners", () => {
    expect(extentOf(region.points)).toEqual({ row: 20, column: 30, height: 20, width: 20 });
  });
});

describe("divisions", () => {
  const division = { compartment: "whole_cell", parent: 1, frame: 1, daughters: [2, 5] } as const;
  const show = () => {
    render(<DivisionsPanel crop={held.crop} run={run} />);
    return userEvent.setup();
  };

  it("lead to the parent and the daughters, and take daughters away", async () => {
    held.show(marks({ divisions: [division] }));
    const user = show();
    const row = within(screen.getByRole("listitem"));
    await user.click(row.getByRole("button", { name: "Go to the parent, cell 1" }));
    await user.click(row.getByRole("button", { name: "Go to the daughter, cell 5" }));
    expect(held.editor.goTo.mock.calls).toEqual([
      [{ compartment: "whole_cell", frame: 0, label: 1 }],
      [{ compartment: "whole_cell", frame: 1, label: 5 }],
    ]);
    await user.click(row.getByRole("button", { name: "Cell 2 is no daughter of cell 1" }));
    expect(held.editor.removeDaughter).toHaveBeenCalledWith(division, 2);
    await user.click(row.getByRole("button", { name: "Add a daughter of cell 1" }));
    expect(held.editor.select).toHaveBeenLastCalledWith(1);
    expect(run).toHaveBeenLastCalledWith("tool.daughter");
  });

  it.each([
    ["one_daughter", "Cell 1 has only one daughter"],
    ["parent_after_division", "Cell 1 goes on after its division"],
    ["daughter_before_division", "Cell 5 is there before it was born"],
    ["parent_divides_twice", "Cell 1 divides more than once"],
    ["daughter_of_two", "Cell 5 has two parents"],
  ] as const)("warn of %s, and lead there", async (rule, words) => {
    const compartment = "whole_cell";
    held.show({
      alerts: [{ rule, severity: "error", compartment, parent: 1, label: 5, frame: 1 }],
    });
    const user = show();
    await user.click(button(`${words} Frame 2`));
    expect(held.editor.goTo).toHaveBeenCalledWith({ frame: 1, label: 5 });
  });

  it("say how they are made", async () => {
    const user = show();
    expect(screen.getByText(/^Select the parent/)).toBeTruthy();
    act(() => held.show({ selected: 3 }));
    expect(screen.getByText(/^Cell 3 is the parent/)).toBeTruthy();
    await user.click(button("Add by clicking"));
    expect(run).toHaveBeenCalledWith("tool.daughter");
    act(() => held.show({ tool: "daughter" }));
    await user.click(button("Add by clicking"));
    expect(held.editor.setTool).toHaveBeenCalledWith("select");
  });
});

describe("the footprint of a cell", () => {
  const { plane, shape } = drawn(["......", "..bb..", "..bb..", "......"]);
  const image = labelImage(plane, { nFrames: 1, ...shape });
  const window = { row: 1, col: 2, height: 2, width: 2 };
  const input = { image, frame: 0, data: null, contrast: [0, 1] } as const;
  const at = (pixels: Uint8ClampedArray, share: number) => {
    const middle = Math.floor(share * FOOTPRINT_PX);
    const start = (middle * FOOTPRINT_PX + middle) * 4;
    return [...pixels.subarray(start, start + 4)];
  };

  it("has the cell in its middle, in colour", () => {
    const pixels = footprintPixels({ ...input, label: 2, window });
    expect(at(pixels, 0.5)).toEqual([115, 88, 29, 255]);
    expect(at(pixels, 0.05)).toEqual([0, 0, 0, 255]);
  });

  it("shows the image within its contrast", () => {
    const data = new Uint16Array(24).fill(50);
    const pixels = footprintPixels({ ...input, label: 2, window, data, contrast: [0, 100] });
    expect(at(pixels, 0.3)).toEqual([128, 128, 128, 255]);
  });

  it("is black for a label without pixels", () => {
    const pixels = footprintPixels({ ...input, label: 9, window: null });
    expect(at(pixels, 0.5)).toEqual([0, 0, 0, 255]);
  });
});
