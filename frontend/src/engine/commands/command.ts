/** What a command is, and what it can do to an editor. */
import type { Compartment } from "../../model";
import type { ReviewContext } from "../actions-review";
import type {
  ChannelSettings,
  EditorSnapshot,
  ReadableStore,
  ToolId,
  ViewSettings,
  WriteMode,
} from "../types";

export interface CommandTarget {
  readonly state: ReadableStore<EditorSnapshot>;
  readonly compartments: readonly Compartment[];
  readonly nFrames: number;
  undo(): boolean;
  redo(): boolean;
  /** Ends an unfinished gesture; else deselects. */
  escape(): boolean;
  /** Closes an unfinished shape; false when there is none. */
  finish(): boolean;
  newLabel(): boolean;
  selectNeighbour(step: 1 | -1): boolean;
  setTool(tool: ToolId): void;
  setBrushRadius(radiusPx: number): void;
  setWriteMode(mode: WriteMode): void;
  setContextBrush(on: boolean): void;
  setCompartment(name: Compartment): void;
  setFrame(frame: number): void;
  setView(settings: Partial<ViewSettings>): void;
  autoContrast(index: number): void;
  setHidden(labels: Iterable<number>): void;
  setChannel(index: number, settings: ChannelSettings): void;
  zoomBy(factor: number): void;
  fit(): void;
  actualSize(): void;
  showSelected(): boolean;
  /** Ends an unfinished gesture and does this; false when nothing may be edited now. */
  edit(action: (context: ReviewContext) => boolean): boolean;
  /** Ends an unfinished gesture and does this, which changes no pixel. */
  look(action: (context: ReviewContext) => boolean): boolean;
}

export type CommandGroup = "tools" | "labels" | "history" | "view" | "channels";

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  readonly keys: readonly string[];
  /** Does it; false when there was nothing to do. */
  readonly run: (target: CommandTarget) => boolean;
}

export interface CommandText {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  readonly keys: readonly string[];
}

/** A command whose action answers false when there was nothing to do. */
export function command(text: CommandText, run: (target: CommandTarget) => unknown): Command {
  return { ...text, run: (target) => run(target) !== false };
}
