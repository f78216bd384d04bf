/** What a command is, and what it can do to an editor. */
import type { Compartment, WriteMode } from "../../model";
import type { EditorSnapshot, ReadableStore } from "../snapshot";
import type { Steps } from "../steps";
import type { ToolId } from "../tool-list";
import type { ChannelSettings, ViewSettings } from "../view-state";

export interface CommandTarget {
  readonly state: ReadableStore<EditorSnapshot>;
  readonly compartments: readonly Compartment[];
  readonly nFrames: number;
  readonly steps: Steps;
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
