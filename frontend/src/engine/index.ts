/** The editor without its user interface. Import from here only. */
export { COMMANDS, type Command, type CommandGroup, findCommand, HOLD_KEYS } from "./commands";
export { createEditor } from "./editor";
export type * from "./editor-api";
export type * from "./editor-options";
export type * from "./inputs";
export type * from "./ports";
export { RendererError } from "./render/scene";
export { SaveError } from "./save-queue";
export { type ScaleBar, scaleBar } from "./scale-bar";
export type * from "./snapshot";
export { TOOLS, type ToolId, type ToolInfo, toolInfo } from "./tool-list";
export type * from "./view-state";
export {
  type Draft,
  FIRST_WORK_STATE,
  type FrameScope,
  type NoteDraft,
  type PendingPrediction,
  type ToolOptions,
  type WorkState,
} from "./work";
