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
import type { Operator } from "../operator";
import type { Camera, Draft, EditorSnapshot } from "../types";

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
  commit(tool: string, diffs: readonly LabelDiff[]): void;
  setCamera(camera: Camera): void;
  /** Shows a shape in progress; null when it is done. */
  draw(draft: Draft | null): void;
  /** Says why nothing happens. */
  say(notice: string): void;
  /** Intensities of the frame for the tools of the image, and their contrast range; or null. */
  image(): { readonly raster: Raster; readonly range: number } | null;
}
