import { useCallback, useEffect, useState } from "react";

const SHOWN_MS = 4000;

/** A short message that goes by itself. */
export function useNote(): readonly [string | null, (text: string) => void] {
  const [note, setNote] = useState<{ text: string } | null>(null);
  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => setNote(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [note]);
  const say = useCallback((text: string) => setNote({ text }), []);
  return [note?.text ?? null, say];
}
