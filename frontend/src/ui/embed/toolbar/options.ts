import { findCommand } from "../../../engine";
import { embedStrings } from "../../strings-embed";

export type ToolOption = "size" | "write_mode" | "context";

const NONE: readonly ToolOption[] = [];
const OPTIONS: Readonly<Record<string, readonly ToolOption[]>> = {
  select: NONE,
  pan: NONE,
  brush: ["size", "write_mode", "context"],
  erase: ["size", "write_mode"],
};
/** Tools that draw cells share the rule about other cells. */
const OF_OTHERS: readonly ToolOption[] = ["write_mode"];

const HINTS: Readonly<Record<string, string>> = embedStrings.hints;

/** What can be set about a tool. */
export function optionsOf(tool: string): readonly ToolOption[] {
  return OPTIONS[tool] ?? OF_OTHERS;
}

/** One line about a tool; a tool without a hint of its own says its name. */
export function hintOf(tool: string): string {
  return HINTS[tool] ?? findCommand(`tool.${tool}`)?.label ?? tool;
}
