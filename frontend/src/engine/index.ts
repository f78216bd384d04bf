/** The editor without its user interface. Import from here only. */
export type * from "./ports";
export type * from "./types";
