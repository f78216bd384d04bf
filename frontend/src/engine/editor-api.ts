/** The editor as the user interface sees it. */
import type {
  ChannelData,
  Compartment,
  Division,
  LabelDiff,
  MarkChange,
  MarkValue,
  PixelWindow,
  PlaneName,
  WriteMode,
} from "../model";
import type { EditorInput } from "./inputs";
import type { WireEdit } from "./ports";
import type { EditorSnapshot, ReadableStore } from "./snapshot";
import type { ToolId } from "./tool-list";
import type {
  Camera,
  ChannelSettings,
  ImageRect,
  Minimap,
  RendererKind,
  Viewport,
  ViewSettings,
} from "./view-state";
import type { ToolOptions } from "./work";

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
  /** The frames in which a label has pixels, in ascending order. */
  framesOf(compartment: Compartment, label: number): readonly number[];
  /** The tightest window around the pixels of a label in a plane; null when it has none there. */
  windowOf(plane: PlaneName, label: number): PixelWindow | null;
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
  /** CRC-32 of each label image, for the submission; a gesture under way is given up. */
  checksums(): Readonly<Partial<Record<Compartment, number>>>;
  /** The last edit made, saved or not: `last_seq` of the submission. */
  lastSeq(): number;
  /** Sends what is unsaved now, and what is still being computed once it is there; rejects with a `SaveError` when it cannot. */
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
