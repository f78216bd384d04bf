import { useSyncExternalStore } from "react";
import { decoded } from "../decoded";

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

/** The parts of `#/a/b`; links inside a page are plain anchors, so back and forward work. */
export function useHashRoute(): string[] {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decoded);
}

/** A whole number of a route, or null where there is none. */
export function idOf(part: string | undefined): number | null {
  return part && /^\d+$/.test(part) ? Number(part) : null;
}
