/** What tools may see and do. They know neither the canvas nor the server. */
import type { LabelDiff, LabelDocument, PixelWindow, PlaneName, Point } from "../../model";
import type { Camera, EditorSnapshot } from "../types";

export interface ToolContext {
  readonly document: LabelDocument;
  readonly snapshot: EditorSnapshot;
  /** The plane that is shown and edited. */
  readonly plane: PlaneName;
  labelAt(point: Point): number;
  select(label: number): void;
  /** Gives a label that is about to be drawn a colour unlike those near the place. */
  introduce(label: number, near: Point): void;
  /** Pixels changed and must be drawn again. */
  touch(window: PixelWindow): void;
  commit(tool: string, diffs: readonly LabelDiff[]): void;
  setCamera(camera: Camera): void;
}
