/** What the editor says of itself: one state after the other. */
import type { Compartment, DivisionAlert, Instance, MarksView, WriteMode } from "../model";
import type { CellType } from "./editor-options";
import type { ToolId } from "./tool-list";
import type { Camera, ChannelView, RendererKind, ViewSettings } from "./view-state";
import type { WorkState } from "./work";

export interface Hover {
  readonly row: number;
  readonly col: number;
  readonly label: number;
  /** Intensity per channel; null while a channel is not loaded. */
  readonly values: readonly (number | null)[];
}

/** The centre of a label, in image pixels. */
export interface LabelPlace {
  readonly label: number;
  readonly row: number;
  readonly column: number;
}

export type SaveState =
  | { readonly kind: "saved" }
  | { readonly kind: "saving"; readonly nUnsaved: number }
  | {
      readonly kind: "offline";
      readonly nUnsaved: number;
      readonly retryAt: number;
      readonly message: string;
    }
  | {
      readonly kind: "conflict";
      readonly nUnsaved: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: "closed"; readonly nUnsaved: number; readonly message: string };

/** One state of the editor. A part that did not change keeps its identity, so select parts of it. */
export interface EditorSnapshot {
  /** `opening` until the crash journal was read; edits are refused until then. */
  readonly phase: "opening" | "ready";
  /** False while opening, read-only, in conflict and after closing. */
  readonly editable: boolean;
  readonly tool: ToolId;
  /** State of the chart of the tool in charge, such as `brush.painting`. */
  readonly path: string;
  readonly compartment: Compartment;
  readonly frame: number;
  /** The selected label, 0 for none. */
  readonly selected: number;
  /** Its extent in this compartment and frame; null when it has no pixel there. */
  readonly selection: Instance | null;
  readonly hover: Hover | null;
  readonly brushRadiusPx: number;
  readonly writeMode: WriteMode;
  readonly contextBrush: boolean;
  readonly channels: readonly ChannelView[];
  readonly view: ViewSettings;
  /** While a key is held that hides labels. */
  readonly isHidingLabels: boolean;
  readonly camera: Camera;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Instances in this compartment and frame. */
  readonly nInstances: number;
  /** Of these, the ones that were accepted. */
  readonly nChecked: number;
  /** Edits made since the editor opened. */
  readonly nEdits: number;
  /** Edits that came back from the crash journal when it opened. */
  readonly nRestored: number;
  /** What was said of labels and places; as the shown compartment sees it. */
  readonly marks: MarksView;
  /** Where the cells of this plane lie that are flagged as uncertain. */
  readonly uncertainPlaces: readonly LabelPlace[];
  /** What does not fit in the divisions of the shown compartment. */
  readonly alerts: readonly DivisionAlert[];
  readonly cellTypes: readonly CellType[];
  /** Instances of this compartment and frame by the id of their type; "" without one. */
  readonly typeCounts: ReadonlyMap<string, number>;
  readonly save: SaveState;
  readonly journalWorks: boolean;
  readonly renderer: RendererKind | null;
  /** Drafts, options and messages of the tools. */
  readonly work: WorkState;
}

/** Works with `useSyncExternalStore(state.subscribe, () => select(state.getSnapshot()))`. */
export interface ReadableStore<T> {
  readonly getSnapshot: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}
