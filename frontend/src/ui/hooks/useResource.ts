import { useCallback, useEffect, useRef, useState } from "react";

export interface Resource<T> {
  data: T | undefined;
  error: Error | null;
  /** Loads again and keeps what is shown until the answer is there. */
  reload: () => void;
}

interface Held<T> {
  key: string;
  data?: T;
  error: Error | null;
}

/**
 * Loads what `key` names, again on `reload` and, with `pollMs`, again and again.
 * A failed repetition keeps the data of the last success beside the error.
 */
export function useResource<T>(
  key: string,
  load: () => Promise<T>,
  pollMs?: (data: T | undefined) => number | null,
): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ key, error: null });
  const [turn, setTurn] = useState(0);
  const latest = useRef({ load, pollMs });
  latest.current = { load, pollMs };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` is how a reload asks for another pass.
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (data: T | undefined) => {
      const wait = latest.current.pollMs?.(data);
      if (wait) timer = setTimeout(() => setTurn((value) => value + 1), wait);
    };
    latest.current.load().then(
      (data) => {
        if (!current) return;
        setHeld({ key, data, error: null });
        again(data);
      },
      (error: Error) => {
        if (!current) return;
        setHeld((before) => ({ key, error, data: before.key === key ? before.data : undefined }));
        again(undefined);
      },
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, turn]);

  const reload = useCallback(() => setTurn((value) => value + 1), []);
  const fits = held.key === key;
  return { data: fits ? held.data : undefined, error: fits ? held.error : null, reload };
}
