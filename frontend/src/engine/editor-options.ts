/** What an editor is opened with. */
import type { ChannelData, Compartment, LabelSet, StackShape, WriteMode } from "../model";
import type { EditorPorts, WireEdit } from "./ports";
import type { ToolId } from "./tool-list";

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
