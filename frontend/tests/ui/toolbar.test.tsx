import { act, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { EditorInput } from "../../src/engine";
import { EditorScreen } from "../../src/ui/embed/EditorScreen";
import { Keymap } from "../../src/ui/embed/keys/keymap";
import { KeymapContext } from "../../src/ui/embed/keys/useKeys";
import { searchActions } from "../../src/ui/embed/palette/search";
import { withSizeDrag } from "../../src/ui/embed/size-drag";
import {
  groupsOf,
  nThatFit,
  ROW_PX,
  stripLayout,
  type ToolbarItems,
  toolbarItems,
} from "../../src/ui/embed/toolbar/items";
import { fakeCrop } from "./fake-editor";
import { memoryStore } from "./memory-store";

let held: ReturnType<typeof fakeCrop>;
let keymap: Keymap;

beforeEach(() => {
  held = fakeCrop();
  keymap = new Keymap(memoryStore());
});

function show() {
  const done = vi.fn();
  const actions = { onSubmit: done, onSkip: done, onReload: done, onNext: done };
  const view = render(
    <KeymapContext value={keymap}>
      <EditorScreen crop={held.crop} instructions="" leaving={null} problem={null} {...actions} />
    </KeymapContext>,
  );
  return { ...view, user: userEvent.setup() };
}

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });

/** Height in px of what the layout shows, without rules and padding. */
function heightOf(items: ToolbarItems, height: number, rowPx: number): number {
  const { nColumns, isGrouped, nTools, nActions } = stripLayout(items, height, rowPx);
  const isCut = nTools + nActions < items.tools.length + items.actions.length;
  const rows = (n: number) => Math.ceil(n / nColumns);
  const nRest = nActions + (isCut ? 1 : 0);
  if (nActions === 0 && !isGrouped) return rows(nTools + nRest) * rowPx;
  const groups = isGrouped ? groupsOf(items.tools).map(({ length }) => length) : [nTools];
  return (groups.reduce((sum, n) => sum + rows(n), 0) + rows(nRest)) * rowPx;
}

function isStop(element: HTMLElement): boolean {
  return element.tabIndex === 0 && !element.hasAttribute("disabled");
}

describe("the toolbar", () => {
  it("has a button for every tool of the editor's table", () => {
    show();
    const strip = within(screen.getByRole("toolbar", { name: "Tools" }));
    const { tools, actions } = toolbarItems({ nFrames: 1, nTypes: 0 });
    expect(tools.length).toBeGreaterThan(3);
    const names = strip.getAllByRole("button").map((element) => element.getAttribute("aria-label"));
    expect(names).toEqual([...tools, ...actions].map(({ label }) => label));
  });

  it("has what a crop can use: frames for stacks, types for projects with types", () => {
    const items = (nFrames: number, nTypes: number) => {
      const { tools, actions } = toolbarItems({ nFrames, nTypes });
      return [...tools, ...actions].map(({ id }) => id);
    };
    for (const id of ["label.interpolate", "daughter"]) {
      expect([items(1, 0).includes(id), items(2, 0).includes(id)]).toEqual([false, true]);
    }
    expect([items(1, 0).includes("type"), items(1, 3).includes("type")]).toEqual([false, true]);
    const { actions } = toolbarItems({ nFrames: 2, nTypes: 0 });
    expect(actions.slice(0, 2).map(({ id }) => id)).toEqual(["label.new", "label.delete"]);
  });

  it("sets groups apart where there is room, and becomes wider where it is low", () => {
    const items = toolbarItems({ nFrames: 2, nTypes: 3 });
    const all = { nTools: items.tools.length, nActions: items.actions.length };
    expect(stripLayout(items, 0)).toEqual({ nColumns: 2, isGrouped: true, ...all });
    expect(stripLayout(items, 2000)).toEqual({ nColumns: 2, isGrouped: true, ...all });
    const [high, low] = [stripLayout(items, 690), stripLayout(items, 490)];
    expect([high.nColumns, high.isGrouped, high.nTools]).toEqual([2, true, all.nTools]);
    expect(low.nColumns).toBe(3);
    expect(low.nTools).toBe(all.nTools);
    expect(low.nActions).toBeGreaterThan(8);
    expect(groupsOf(items.tools).flat().length).toBe(all.nTools);
  });

  it.each(Object.values(ROW_PX))(
    "never is higher than there is room for rows of %i px",
    (rowPx) => {
      const items = toolbarItems({ nFrames: 2, nTypes: 3 });
      const heights = Array.from({ length: 120 }, (_, i) => 80 + i * 10);
      const tooHigh = heights.filter((height) => heightOf(items, height, rowPx) > height);
      expect(tooHigh).toEqual([]);
    },
  );

  it("is one stop of the Tab key; arrows go from button to button", async () => {
    const { user } = show();
    const strip = within(screen.getByRole("toolbar", { name: "Tools" }));
    const stops = strip.getAllByRole("button").filter(isStop);
    expect(stops.map((stop) => stop.getAttribute("aria-label"))).toEqual(["Select"]);
    const focused = () => document.activeElement?.getAttribute("aria-label");
    act(() => stops[0]?.focus());
    await user.keyboard("{ArrowDown}{ArrowRight}");
    expect(focused()).toBe("Brush");
    await user.keyboard("{ArrowUp}");
    expect(focused()).toBe("Move the view");
    await user.keyboard("{End}");
    const last = focused();
    await user.keyboard("{ArrowDown}");
    expect(focused()).toBe("Select");
    await user.keyboard("{ArrowLeft}");
    expect(focused()).toBe(last);
    await user.keyboard("{Home}{Shift>}{ArrowDown}{/Shift}");
    expect(focused()).toBe("Select");
    expect(held.editor.setBrushRadius).not.toHaveBeenCalled();
  });

  it("gives the keys back to the crop after a click, not after a key", async () => {
    const { user, container } = show();
    await user.click(button("Eraser"));
    expect(document.activeElement).toBe(container.querySelector(".crop-canvas"));
    act(() => button("Brush").focus());
    await user.keyboard("{Enter}");
    expect(document.activeElement).toBe(button("Brush"));
  });

  it.each([
    [12, 20, 12],
    [20, 20, 20],
    [21, 20, 19],
    [3, 0, 0],
  ])("shows of %i items in %i places %i", (nItems, nPlaces, nShown) => {
    expect(nThatFit(nItems, nPlaces)).toBe(nShown);
  });

  it("puts into a menu what finds no place", async () => {
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(22 + 35);
    const { user } = show();
    const strip = within(screen.getByRole("toolbar", { name: "Tools" }));
    expect(strip.queryByRole("button", { name: "Eraser" })).toBeNull();
    await user.click(button("More tools"));
    await user.click(strip.getByRole("button", { name: /^Eraser/ }));
    expect(held.editor.setTool).toHaveBeenLastCalledWith("erase");
    await user.click(button("More tools"));
    await user.click(strip.getByRole("button", { name: /^New label/ }));
    expect(held.editor.run).toHaveBeenLastCalledWith("label.new");
    expect(button("More tools").getAttribute("aria-expanded")).toBe("false");
    await user.click(button("More tools"));
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(document.activeElement?.closest(".menu-list")).toBeTruthy();
    await user.keyboard("{Escape}");
    expect(button("More tools").getAttribute("aria-expanded")).toBe("false");
  });

  it("says when a command could do nothing", async () => {
    held.editor.run.mockReturnValue(false);
    const { user } = show();
    await user.keyboard("n");
    expect(screen.getByText(/^New label: nothing to do here/)).toBeTruthy();
  });
});

describe("options of a tool", () => {
  it("are those of the tool in hand, with a line about it", async () => {
    const { user } = show();
    expect(screen.queryByLabelText("Brush radius in pixels")).toBeNull();
    act(() => held.show({ tool: "brush" }));
    expect(screen.getByText(/^Paint the selected cell/)).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>("Brush radius in pixels").value).toBe("5");
    await user.click(screen.getByLabelText("Start decides"));
    expect(held.editor.setContextBrush).toHaveBeenCalledWith(false);
  });
});

describe("options of the other tools", () => {
  const option = (name: string) => screen.getByLabelText<HTMLInputElement>(name);

  it("go to the editor", async () => {
    const { user } = show();
    act(() => held.show({ tool: "wand" }));
    fireEvent.change(option("Tolerance%"), { target: { value: "20" } });
    fireEvent.change(option("Tolerance%"), { target: { value: "900" } });
    fireEvent.change(option("Reachpx"), { target: { value: "40" } });
    await user.selectOptions(option("Channel that the tool reads"), "DAPI");
    await user.click(option("New cell per shape"));
    act(() => held.show({ tool: "erase" }));
    await user.click(option("Only the first cell"));
    act(() => held.show({ tool: "expand" }));
    fireEvent.change(option("Widen bypx"), { target: { value: "7" } });
    act(() => held.show({ tool: "select" }));
    fireEvent.change(option("Smoothingpx"), { target: { value: "3" } });
    expect(held.editor.setToolOptions.mock.calls).toEqual([
      [{ wandTolerance: 0.2 }],
      [{ wandReachPx: 40 }],
      [{ imageChannel: 0 }],
      [{ newPerShape: false }],
      [{ eraseOnlyStart: true }],
      [{ expandPx: 7 }],
      [{ smoothRadiusPx: 3 }],
    ]);
  });

  it("give way to what the tool has to say", () => {
    show();
    const { work } = held.editor.state.getSnapshot();
    act(() => held.show({ work: { ...work, notice: "This cell is in one piece." } }));
    expect(screen.getByText("This cell is in one piece.")).toBeTruthy();
    act(() => held.show({ work: { ...work, busy: "autofit" } }));
    expect(screen.getByText("Computing…")).toBeTruthy();
  });
});

describe("a drag with Alt held", () => {
  const at = (type: "pointer_down" | "pointer_move" | "pointer_up", x: number): EditorInput => ({
    type,
    x,
    y: 5,
    alt: true,
    button: 2,
  });

  it("sizes the brush by image pixels and draws nothing", () => {
    held.show({ tool: "brush", brushRadiusPx: 5, camera: { zoom: 2, left: 0, top: 0 } });
    const pass = withSizeDrag(held.editor);
    for (const input of [at("pointer_down", 10), at("pointer_move", 30), at("pointer_up", 30)]) {
      pass(input);
    }
    pass(at("pointer_down", 0));
    pass(at("pointer_move", -90));
    expect(held.editor.setBrushRadius.mock.calls).toEqual([[15], [1]]);
    expect(held.editor.dispatch).not.toHaveBeenCalled();
  });

  it("ends when the release of the button got lost", () => {
    held.show({ tool: "brush", brushRadiusPx: 5, camera: { zoom: 2, left: 0, top: 0 } });
    const pass = withSizeDrag(held.editor);
    pass(at("pointer_down", 10));
    const moved = { ...at("pointer_move", 30), buttons: 0 };
    pass(moved);
    pass(moved);
    expect(held.editor.setBrushRadius).not.toHaveBeenCalled();
    expect(held.editor.dispatch).toHaveBeenCalledTimes(2);
  });

  it("is the tool's own where there is no brush", () => {
    const pass = withSizeDrag(held.editor);
    pass(at("pointer_down", 10));
    pass({ type: "wheel", x: 0, y: 0, deltaX: 0, deltaY: 1, alt: true });
    expect(held.editor.dispatch).toHaveBeenCalledTimes(2);
  });
});

describe("the palette of commands", () => {
  const list = () => within(screen.getByRole("listbox", { name: "Commands" }));

  it("finds by words and runs with Enter", async () => {
    const { user } = show();
    await user.keyboard("{Control>}k{/Control}");
    const field = await screen.findByRole("combobox", { name: /Type a few letters/ });
    await user.type(field, "eras");
    expect(
      list()
        .getAllByRole("option")
        .map((option) => option.textContent),
    ).toContain("EraserToolsE");
    await user.keyboard("{Enter}");
    expect(held.editor.run).toHaveBeenLastCalledWith("tool.erase");
    expect(screen.queryByRole("combobox", { name: /Type a few letters/ })).toBeNull();
  });

  it("goes through the list with arrows and says when nothing fits", async () => {
    const { user } = show();
    await user.click(button("Find a command"));
    const field = await screen.findByRole("combobox", { name: /Type a few letters/ });
    const chosen = () => list().getByRole("option", { selected: true }).textContent;
    const first = chosen();
    await user.type(field, "{ArrowUp}{ArrowDown}{ArrowDown}");
    expect(chosen()).not.toBe(first);
    await user.type(field, "no such thing");
    expect(screen.getByText("No command has these words in its name.")).toBeTruthy();
  });

  it("puts first what begins with the word", () => {
    const action = (label: string) => ({ id: label, label, group: "view", keys: [] }) as const;
    const found = searchActions([action("All zoom"), action("Zoom in"), action("Fit")], "zoom");
    expect(found.map(({ label }) => label)).toEqual(["Zoom in", "All zoom"]);
  });
});

describe("the overlay of keys", () => {
  it("shows every key and takes another for an action", async () => {
    const { user } = show();
    await user.keyboard("?");
    await user.click(
      await screen.findByRole("button", { name: /^Change the key of Brush, now B/ }),
    );
    await user.keyboard("j");
    expect(keymap.getSnapshot().actionOf("J")).toBe("tool.brush");
    await user.click(button(/^Change the key of Brush/));
    await user.keyboard("{Backspace}");
    expect(keymap.getSnapshot().keysOf("tool.brush")).toEqual([]);
    await user.click(button("Forget my changes"));
    expect(keymap.getSnapshot().actionOf("B")).toBe("tool.brush");
  });

  it("leaves the key when Escape is pressed, and changes presets", async () => {
    const { user } = show();
    await user.click(button("Keys and help"));
    await user.click(await screen.findByRole("button", { name: /^Change the key of Brush/ }));
    await user.keyboard("{Escape}");
    expect(keymap.getSnapshot().actionOf("B")).toBe("tool.brush");
    await user.selectOptions(screen.getByLabelText("Keys as in"), "napari");
    expect(keymap.getSnapshot().preset).toBe("napari");
    await user.click(button("Close"));
    expect(screen.queryByLabelText("Keys as in")).toBeNull();
  });
});
