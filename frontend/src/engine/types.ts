/** What the editor takes and what it shows: the whole vocabulary between engine and user interface. */
import type {
  ChannelData,
  ColormapName,
  Compartment,
  Division,
  DivisionAlert,
  Instance,
  LabelDiff,
  LabelSet,
  MarkChange,
  MarksView,
  MarkValue,
  PixelWindow,
  Rgb,
  StackShape,
  WriteMode,
} from "../model";
import type { EditorPorts, WireEdit } from "./ports";
import type { ToolId, ToolInfo } from "./tool-list";
import type {
  Draft,
  FrameScope,
  NoteDraft,
  PendingPrediction,
  ToolOptions,
  WorkState,
} from "./work";

export interface ImageChannel {
  readonly name: string;
  readonly role: string;
  /** Intensities in C order (frame, row, column), or null until `editor.loadChannel`. */
  readonly data: ChannelData | null;
}

export interface CropImage extends StackShape {
  readonly channels: readonly ImageChannel[];
  readonly pixelSizeUm: number | null;
}

/** A class that the project gives to cells. */
export interface CellType {
  readonly id: string;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  /** The digit that gives it, 1 to 9. */
  readonly hotkey: number | null;
}

/** How sure the predictor was of each label, 0 .. 1, by label. */
export type Confidences = Readonly<Partial<Record<Compartment, Readonly<Record<string, number>>>>>;

export interface EditorOptions {
  readonly image: CropImage;
  /** The arrays are edited in place. */
  readonly labels: LabelSet;
  /** The compartments that may be edited, in the order of the panel; the first is shown first. */
  readonly compartments: readonly Compartment[];
  /** The edit up to which `labels` is the server's (header `Cytoloop-Seq`). */
  readonly lastSeq: number;
  readonly ports: EditorPorts;
  /** Edits 1 .. lastSeq of the server, if undo shall reach back over a reload. */
  readonly log?: readonly WireEdit[];
  /** The server's marks after edit `lastSeq`. */
  readonly marks?: Readonly<Record<string, unknown>>;
  readonly cellTypes?: readonly CellType[];
  readonly confidences?: Confidences;
  readonly options?: Partial<EditorPreferences>;
}

export interface EditorPreferences {
  readonly tool: ToolId;
  readonly brushRadiusPx: number;
  readonly writeMode: WriteMode;
  /** The brush always edits the label it starts on, and starts a new one on background. */
  readonly contextBrush: boolean;
  readonly readOnly: boolean;
  /** Undo steps beyond this many bytes are forgotten, oldest first. */
  readonly historyBytes: number;
}

export type {
  ColormapName,
  Draft,
  FrameScope,
  NoteDraft,
  PendingPrediction,
  ToolId,
  ToolInfo,
  ToolOptions,
  WorkState,
  WriteMode,
};

export interface Modifiers {
  readonly shift?: boolean;
  readonly ctrl?: boolean;
  readonly alt?: boolean;
}

/** x, y: CSS pixels from the top left of the canvas. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

export interface PointerInput extends ScreenPoint, Modifiers {
  readonly type:
    | "pointer_down"
    | "pointer_move"
    | "pointer_up"
    | "pointer_cancel"
    | "pointer_leave";
  readonly pointerId?: number;
  readonly pointerType?: "mouse" | "pen" | "touch";
  /** 0 left, 1 middle, 2 right: the button that went down or up. */
  readonly button?: number;
  /** Bit mask of the buttons held; 0 in a move ends a gesture whose release got lost. */
  readonly buttons?: number;
  /** `getCoalescedEvents()` of the browser: the places between the last event and this one. */
  readonly coalesced?: readonly ScreenPoint[];
}

export interface WheelInput extends ScreenPoint, Modifiers {
  readonly type: "wheel";
  /** In CSS pixels (the user interface turns lines and pages into pixels). */
  readonly deltaX: number;
  readonly deltaY: number;
}

/** A key that acts while it is held: space pans, another hides the labels. */
export interface HoldInput {
  readonly type: "hold";
  readonly what: "pan" | "hide_labels" | "solo";
  readonly down: boolean;
}

export interface CommandInput {
  readonly type: "command";
  readonly id: string;
}

export type EditorInput = PointerInput | WheelInput | HoldInput | CommandInput;

export interface ChannelView {
  readonly name: string;
  readonly role: string;
  readonly loaded: boolean;
  readonly visible: boolean;
  readonly color: Rgb;
  /** Intensities shown black and full. */
  readonly contrast: readonly [number, number];
  readonly gamma: number;
  readonly inverted: boolean;
  /** `color` runs from black to the colour of the channel; the others are scales of their own. */
  readonly lut: ChannelLut;
}

export type ChannelLut = "color" | ColormapName;

export type ChannelSettings = Partial<
  Pick<ChannelView, "visible" | "color" | "contrast" | "gamma" | "inverted" | "lut">
>;

export interface ViewSettings {
  /** 0 .. 1 */
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
  /** Width of outlines in CSS pixels, the same at every zoom; 0 for none. */
  readonly outlineWidthPx: number;
  readonly showLabels: boolean;
  readonly onlySelected: boolean;
  readonly palette: "vivid" | "safe";
  readonly background: Rgb;
  /** `grayscale` shows one channel, `channel`, in white. */
  readonly mode: "composite" | "grayscale";
  /** The channel of the grayscale mode, and the one shown alone while its key is held. */
  readonly channel: number;
  /** Shows nothing but this channel, in its colour; null for all that are visible. */
  readonly soloChannel: number | null;
  /** `value` are those of `setLabelValues`. */
  readonly colorBy: ColorBy;
  readonly colormap: ColormapName;
  /** Outlines of the other compartment, over what is shown of this one. */
  readonly showOther: boolean;
}

export type ColorBy = "label" | "compartment" | "area" | "value" | "type" | "confidence";

export interface Minimap {
  readonly width: number;
  readonly height: number;
  /** Row by row, as `ImageData` takes it. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A rectangle in image pixels, not rounded. */
export interface ImageRect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** `zoom` is CSS pixels per image pixel; (left, top) is the image point in the canvas' corner. */
export interface Camera {
  readonly zoom: number;
  readonly left: number;
  readonly top: number;
}

export interface Viewport {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
}

export interface Hover {
  readonly row: number;
  readonly col: number;
  readonly label: number;
  /** Intensity per channel; null while a channel is not loaded. */
  readonly values: readonly (number | null)[];
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

export type RendererKind = "webgl2" | "canvas2d";

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

/** A place to go to; what it does not name stays. */
export interface Place {
  readonly compartment?: Compartment;
  readonly frame?: number;
  readonly label?: number;
  readonly row?: number;
  readonly column?: number;
}

/** Told after every committed step, for panels that follow the work (no pixel is copied). */
export interface EditEvent {
  readonly tool: string;
  readonly diffs: readonly LabelDiff[];
  readonly marks: readonly MarkChange[];
  readonly windows: readonly PixelWindow[];
}

export interface AttachOptions extends Viewport {
  readonly renderer?: "auto" | RendererKind;
}

export interface Editor {
  readonly state: ReadableStore<EditorSnapshot>;
  /** Settles when the crash journal was replayed; never rejects. */
  readonly ready: Promise<void>;
  /** Draws on this canvas until the returned function is called. */
  attach(canvas: HTMLCanvasElement, options: AttachOptions): () => void;
  resize(viewport: Viewport): void;
  dispatch(input: EditorInput): void;
  /** Runs a command of `COMMANDS` by id; false when it is unknown or cannot run now. */
  run(commandId: string): boolean;
  loadChannel(index: number, data: ChannelData): void;
  setChannel(index: number, settings: ChannelSettings): void;
  /** Contrast limits with 0.1 % of the pixels saturated at each end. */
  autoContrast(index: number): void;
  setView(settings: Partial<ViewSettings>): void;
  setTool(tool: ToolId): void;
  setBrushRadius(radiusPx: number): void;
  setWriteMode(mode: WriteMode): void;
  setContextBrush(on: boolean): void;
  setToolOptions(options: Partial<ToolOptions>): void;
  /** How much the findings say against each label: cells of equal confidence come in this order. */
  setDoubt(scores: ReadonlyMap<number, number> | null): void;
  /** The type that the tool for types gives; null takes types away. */
  setActiveType(id: string | null): void;
  /** Gives the selected label a type, or none; false when that changes nothing. */
  setType(id: string | null): boolean;
  /** Opens a note, to read and change it. */
  editNote(id: string): boolean;
  /** Ends `work.noteDraft`; without text the note is deleted. */
  saveNote(text: string): boolean;
  cancelNote(): void;
  deleteNote(id: string): boolean;
  selectRegion(id: string | null): void;
  deleteRegion(id: string): boolean;
  /** The frame that is shown is the daughter's first one. */
  addDaughter(parent: number, daughter: number): boolean;
  removeDaughter(division: Division, daughter: number): boolean;
  /** Shows a place, and selects the label if it has one. */
  goTo(place: Place): void;
  cancelPrediction(id: number): void;
  /** Gives marks these values (null: none) as one undo step; false when that changes nothing. */
  mark(tool: string, values: Readonly<Record<string, MarkValue | null>>): boolean;
  /** Every mark. */
  marksNow(): Readonly<Record<string, MarkValue>>;
  /** Labels that are not drawn. */
  setHidden(labels: Iterable<number>): void;
  /** A number per label, such as a confidence, for `colorBy: "value"`; others are drawn grey. */
  setLabelValues(values: ReadonlyMap<number, number> | null): void;
  /** The whole image, made small: without labels, as channels are shown now. */
  minimap(longestSidePx: number): Minimap;
  /** The part of the image that the view shows, in image pixels; it may reach beyond. */
  visibleRect(): ImageRect;
  setCompartment(name: Compartment): void;
  setFrame(frame: number): void;
  select(label: number): void;
  setCamera(camera: Camera): void;
  /** CRC-32 of each label image, for the submission. */
  checksums(): Readonly<Partial<Record<Compartment, number>>>;
  /** The last edit made, saved or not: `last_seq` of the submission. */
  lastSeq(): number;
  /** Sends what is unsaved now; rejects with a `SaveError` when it cannot. */
  flush(): Promise<void>;
  /** Tries again at once (the network is back, the user pressed "try again"). */
  retrySave(): void;
  /** Every edit the server has not acknowledged, for "download my work". */
  unsavedEdits(): readonly WireEdit[];
  /** Drops the crash journal; the user interface loads the assignment anew afterwards. */
  discardUnsaved(): Promise<void>;
  onEdit(listener: (event: EditEvent) => void): () => void;
  /** Stops timers and frames and lets go of the canvas. Unsaved edits stay in the journal. */
  dispose(): void;
}
