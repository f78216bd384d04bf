import { describe, expect, it } from "vitest";
import { ACTIONS } from "../../src/ui/embed/keys/actions";
import { Keymap } from "../../src/ui/embed/keys/keymap";
import { ariaKey, keyLabel, keyNameOf } from "../../src/ui/embed/keys/names";
import { PRESET_IDS, PRESETS } from "../../src/ui/embed/keys/presets";
import { memoryStore } from "./memory-store";

describe("every preset", () => {
  it.each(PRESET_IDS)("%s gives each key to one action only", (preset) => {
    const keymap = new Keymap(memoryStore());
    keymap.takePreset(preset);
    const { keysOf, actionOf } = keymap.getSnapshot();
    const wrong = ACTIONS.flatMap(({ id }) => keysOf(id).filter((key) => actionOf(key) !== id));
    expect(wrong).toEqual([]);
  });

  it.each(PRESET_IDS)("%s names only actions that exist", (preset) => {
    const ids = ACTIONS.map(({ id }) => id);
    expect(Object.keys(PRESETS[preset]).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it.each(PRESET_IDS)("%s leaves the keys that all share", (preset) => {
    const keymap = new Keymap(memoryStore());
    keymap.takePreset(preset);
    const { actionOf } = keymap.getSnapshot();
    expect(["Mod+Z", "Mod+Enter", "?", "Space", "Escape"].map(actionOf)).toEqual([
      "history.undo",
      "page.submit",
      "page.help",
      "hold.pan",
      "escape",
    ]);
  });
});

describe("the table of keys", () => {
  it("follows the preset and the keys chosen", () => {
    const keymap = new Keymap(memoryStore());
    expect(keymap.getSnapshot().actionOf("B")).toBe("tool.brush");
    keymap.takePreset("napari");
    expect(keymap.getSnapshot().actionOf("2")).toBe("tool.brush");
    expect(keymap.getSnapshot().actionOf("B")).toBe("write_mode.toggle");
    keymap.setKeys("tool.erase", ["B"]);
    expect(keymap.getSnapshot().actionOf("B")).toBe("tool.erase");
    expect(keymap.getSnapshot().keysOf("write_mode.toggle")).toEqual([]);
    keymap.setKeys("tool.pan", ["B"]);
    expect(keymap.getSnapshot().keysOf("tool.erase")).toEqual([]);
  });

  it("tells its listeners and outlives the page", () => {
    const store = memoryStore();
    const keymap = new Keymap(store);
    let nTold = 0;
    const stop = keymap.subscribe(() => nTold++);
    keymap.takePreset("cellpose");
    keymap.setKeys("page.panel", ["F2"]);
    stop();
    keymap.setKeys("page.panel", ["F3"]);
    expect(nTold).toBe(2);
    const again = new Keymap(store).getSnapshot();
    expect([again.preset, again.labelOf("page.panel")]).toEqual(["cellpose", "F3"]);
  });

  it.each([
    "",
    "{",
    "null",
    '{"preset":"emacs","changes":{}}',
    '{"preset":"napari","changes":{"a":"b"}}',
  ])("starts from the default when %j is stored", (text) => {
    const store = memoryStore();
    store.set("cytoloop.keys", text);
    expect(new Keymap(store).getSnapshot().preset).toBe("default");
  });
});

describe("names of keys", () => {
  it("stand as on the keyboard", () => {
    const { labelOf } = new Keymap(memoryStore()).getSnapshot();
    expect([labelOf("tool.brush"), labelOf("history.undo"), labelOf("no.such")]).toEqual([
      "B",
      "Ctrl+Z",
      undefined,
    ]);
    expect(["Mod++", "ArrowUp", "Shift+Home", "+"].map(keyLabel)).toEqual([
      "Ctrl++",
      "↑",
      "Shift+Home",
      "+",
    ]);
    expect(ariaKey("Mod+Z")).toBe("Control+Z");
  });

  it("are none for a modifier alone", () => {
    expect(keyNameOf(new KeyboardEvent("keydown", { key: "Shift", shiftKey: true }))).toBeNull();
  });
});
