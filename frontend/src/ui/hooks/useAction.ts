import { useCallback, useRef, useState } from "react";

export interface Action<Args extends unknown[]> {
  run: (...args: Args) => Promise<void>;
  pending: boolean;
  error: Error | null;
  /** Forgets the failure. */
  clear: () => void;
}

/** One thing a button does: never twice at once, with its failure kept for the page to show. */
export function useAction<Args extends unknown[]>(
  perform: (...args: Args) => Promise<void>,
): Action<Args> {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const busy = useRef(false);
  const latest = useRef(perform);
  latest.current = perform;

  const run = useCallback(async (...args: Args) => {
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    setError(null);
    try {
      await latest.current(...args);
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      busy.current = false;
      setPending(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { run, pending, error, clear };
}
