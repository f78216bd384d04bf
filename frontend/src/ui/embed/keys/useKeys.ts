import { createContext, useContext, useSyncExternalStore } from "react";
import { safeStore } from "../../ports/storage";
import { Keymap, type KeyTable } from "./keymap";

export const KeymapContext = createContext(new Keymap(safeStore(() => window.localStorage)));

export function useKeymap(): Keymap {
  return useContext(KeymapContext);
}

/** The table of keys; the component renders again when a key changes. */
export function useKeys(): KeyTable {
  const keymap = useKeymap();
  return useSyncExternalStore(keymap.subscribe, keymap.getSnapshot);
}
