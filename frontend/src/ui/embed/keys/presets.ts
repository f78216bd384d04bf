/** Sets of keys that people bring from other editors: what differs from the editor's own table. */
export type PresetId = "default" | "napari" | "cellpose";

/** Keys by action; an action that is absent keeps its own, less those that others took. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>;

export const PRESETS: Readonly<Record<PresetId, KeyChanges>> = {
  default: {},
  napari: {
    "tool.erase": ["1", "E"],
    "tool.brush": ["2", "P"],
    "tool.polygon": ["3"],
    "tool.flood": ["4", "F"],
    "tool.select": ["5", "L"],
    "tool.pan": ["6", "Z"],
    "label.new": ["M"],
    "write_mode.toggle": ["B"],
    "brush.smaller": ["["],
    "brush.larger": ["]"],
    "label.previous": ["PageUp"],
    "label.next": ["PageDown"],
    "frame.previous": ["ArrowLeft"],
    "frame.next": ["ArrowRight"],
    "compartment.next": ["7"],
    "view.fit": ["Mod+R", "Home"],
    "hold.hide_labels": ["V"],
  },
  cellpose: {
    "tool.encircle": ["D", "E"],
    "tool.erase": ["Shift+E"],
    "hold.hide_labels": ["X"],
    "view.outline": ["Z"],
    "brush.smaller": [","],
    "brush.larger": ["."],
    "label.previous": ["PageUp"],
    "label.next": ["PageDown"],
    "frame.previous": ["ArrowLeft", "A"],
    "frame.next": ["ArrowRight"],
    "history.redo": ["Mod+Y", "Mod+Shift+Z"],
  },
};

export const PRESET_IDS = Object.keys(PRESETS) as PresetId[];
