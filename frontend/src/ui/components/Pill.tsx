import type { ReactNode } from "react";

export type PillTone = "idle" | "active" | "ok" | "warning" | "danger";

/** The tone of each state word of the application; words not listed are idle. */
const TONES: Record<string, PillTone> = {
  annotating: "active",
  open: "active",
  running: "active",
  preparing: "active",
  stitched: "warning",
  returned: "warning",
  warning: "warning",
  rolled_back: "warning",
  accepted: "ok",
  done: "ok",
  succeeded: "ok",
  promoted: "ok",
  failed: "danger",
  error: "danger",
};

export function Pill({ tone, children }: { tone: PillTone; children: ReactNode }) {
  return <span className={`pill pill-${tone}`}>{children}</span>;
}

/** A state of the API in words, with its tone. */
export function StatePill({ state, words }: { state: string; words: Record<string, string> }) {
  return <Pill tone={TONES[state] ?? "idle"}>{words[state] ?? state}</Pill>;
}
