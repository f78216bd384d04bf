/** What tools may see and do. They know neither the canvas nor the server. */
import type {
  Compartment,
  LabelDiff,
  LabelDocument,
  PixelWindow,
  PlaneName,
  Point,
  Raster,
} from "../../model";
import type { Place } from "../editor-api";
import type { LabelRenaming, MarkEntry } from "../mark-follow";
import type { Operator } from "../operator";
import type { EditorSnapshot } from "../snapshot";
import type { Camera } from "../view-state";
import type { Draft, NoteDraft } from "../work";

export interface ToolContext {
  readonly document: LabelDocument;
  readonly snapshot: EditorSnapshot;
  /** The plane that is shown and edited. */
  readonly plane: PlaneName;
  /** Runs the operations of the model. */
  readonly operator: Operator;
  /** Compartments that may be edited. */
  readonly compartments: readonly Compartment[];
  labelAt(point: Point): number;
  select(label: number): void;
  showCompartment(name: Compartment): void;
  /** Gives a label that is about to be drawn a colour unlike those near the place. */
  introduce(label: number, near: Point): void;
  /** Pixels changed and must be drawn again. */
  touch(window: PixelWindow): void;
  /** Ends a step; `marks` are what it says of labels beside what follows from its pixels. */
  commit(tool: string, diffs: readonly LabelDiff[], marks?: readonly MarkEntry[]): void;
  /** Gives marks these values as one step; false when that changes nothing or may not be. */
  mark(tool: string, entries: readonly MarkEntry[]): boolean;
  /** What a renaming does to marks. To be asked before the pixels change. */
  marksOfRenaming(renaming: LabelRenaming): readonly MarkEntry[];
  /** An id that no note and no region has. */
  newId(): string;
  /** Shows the note that is being written; null when it is done. */
  writeNote(draft: NoteDraft | null): void;
  /** The type that the tool for types gives. */
  useType(type: string | null): void;
  chooseRegion(id: string | null): void;
  /** Shows a place and selects the label that it names. */
  goTo(place: Place): void;
  /** Asks the predictor for the labels of a box. */
  predict(box: PixelWindow): void;
  setCamera(camera: Camera): void;
  /** Shows a shape in progress; null when it is done. */
  draw(draft: Draft | null): void;
  /** Sets the tolerance of the magic wand, 0 .. 1. */
  tuneWand(wandTolerance: number): void;
  /** Says why nothing happens. */
  say(notice: string): void;
  /** Intensities of the frame for the tools of the image, and their contrast range; or null. */
  image(): { readonly raster: Raster; readonly range: number } | null;
}
