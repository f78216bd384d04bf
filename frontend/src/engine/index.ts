/** The editor without its user interface. Import from here only. */
export { COMMANDS, type Command, type CommandGroup, findCommand, HOLD_KEYS } from "./commands";
export { createEditor } from "./editor";
export type * from "./ports";
export { RendererError } from "./render/scene";
export { SaveError } from "./save-queue";
export { type ScaleBar, scaleBar } from "./scale-bar";
export { TOOLS, toolInfo } from "./tool-list";
export type * from "./types";
export { FIRST_WORK_STATE } from "./work";
