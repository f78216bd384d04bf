import { useCallback, useState } from "react";
import type { OpenCrop } from "../open-crop";
import { checkCrop } from "./check-crop";
import type { CheckFinding } from "./check-labels";

export interface Checks {
  /** What was found; null while nothing is to be shown. */
  readonly findings: readonly CheckFinding[] | null;
  /** Checks and shows what was found, were it nothing. */
  look: () => void;
  /** Checks; submits when nothing was found, else shows it. */
  submit: () => void;
  close: () => void;
}

/** The checks that come before a submission. */
export function useChecks(crop: OpenCrop, onSubmit: () => void): Checks {
  const [findings, setFindings] = useState<readonly CheckFinding[] | null>(null);
  const look = useCallback(() => setFindings(checkCrop(crop)), [crop]);
  const submit = useCallback(() => {
    const found = checkCrop(crop);
    setFindings(found.length > 0 ? found : null);
    if (found.length === 0) onSubmit();
  }, [crop, onSubmit]);
  const close = useCallback(() => setFindings(null), []);
  return { findings, look, submit, close };
}
