/** Sets of keys that people bring from other editors: what differs from the editor's own table. */
export type PresetId = "default" | "deepcell" | "napari" | "cellpose";

/** Keys by action; an action that is absent keeps its own, less those that others took. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>;

export const PRESETS: Readonly<Record<PresetId, KeyChanges>> = {
  default: {},
  deepcell: {
    "label.previous": ["["],
    "label.next": ["]"],
    "brush.larger": ["ArrowUp"],
    "brush.smaller": ["ArrowDown"],
    "label.delete": ["Backspace", "Delete"],
    "tool.merge": ["R"],
    "tool.swap_labels": ["S"],
    "view.only_selected": ["Shift+Z"],
    "view.color_by": [],
    "label.autofit": ["M"],
    "tool.pan": [],
    "label.shrink": ["Q"],
    "label.grow": ["Shift+Q"],
    "channels.next": ["C"],
    "channels.previous": ["Shift+C"],
    "channels.auto_contrast": ["Shift+I"],
    "label.copy_to_compartment": [],
    "label.interpolate": [],
    "channels.invert": ["I"],
    "history.redo": ["Mod+Shift+Z"],
  },
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
