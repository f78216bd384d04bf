import { useCallback, useRef, useState } from "react";

export interface Question<Args extends unknown[], T> {
  ask: (...args: Args) => void;
  /** Forgets the answer, and does not listen to one that is still to come. */
  forget: () => void;
  answer: T | null;
  pending: boolean;
  error: Error | null;
}

interface Held<T> {
  answer: T | null;
  pending: boolean;
  error: Error | null;
}

const NOTHING = { answer: null, pending: false, error: null };

/** Something that may be asked again before it was answered: only the last answer counts. */
export function useQuestion<Args extends unknown[], T>(
  load: (...args: Args) => Promise<T>,
): Question<Args, T> {
  const [held, setHeld] = useState<Held<T>>(NOTHING);
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;

  const ask = useCallback((...args: Args) => {
    const mine = ++turn.current;
    setHeld(({ answer }) => ({ answer, pending: true, error: null }));
    latest.current(...args).then(
      (answer) => {
        if (mine === turn.current) setHeld({ answer, pending: false, error: null });
      },
      (error: Error) => {
        if (mine === turn.current) setHeld(({ answer }) => ({ answer, pending: false, error }));
      },
    );
  }, []);
  const forget = useCallback(() => {
    turn.current++;
    setHeld(NOTHING);
  }, []);
  return { ...held, ask, forget };
}
