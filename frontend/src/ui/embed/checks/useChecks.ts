import { useCallback, useEffect, useRef, useState } from "react";
import type { CheckFinding } from "../../../model";
import { embedStrings } from "../../strings-embed";
import type { OpenCrop } from "../open-crop";
import { checkCrop, findingsPerLabel } from "./check-crop";

export interface Checks {
  /** What was found; null while nothing is to be shown. */
  readonly findings: readonly CheckFinding[] | null;
  readonly isBusy: boolean;
  /** Checks and shows what was found, were it nothing. */
  look: () => void;
  /** Checks; submits when nothing was found, else shows it. */
  submit: () => void;
  /** Checks and colours the labels by what was found. */
  color: () => void;
  close: () => void;
}

interface ChecksOptions {
  crop: OpenCrop;
  onSubmit: () => void;
  /** Told why there is no result. */
  say: (text: string) => void;
}

/** The checks that come before a submission. */
export function useChecks({ crop, onSubmit, say }: ChecksOptions): Checks {
  const [findings, setFindings] = useState<readonly CheckFinding[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const underWay = useRef(false);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  // However often a button is pressed, one check runs and acts once.
  const check = useCallback(
    async (act: (found: readonly CheckFinding[]) => void) => {
      if (underWay.current) return;
      underWay.current = true;
      setBusy(true);
      try {
        const found = await checkCrop(crop);
        // The crop was left meanwhile: what comes of its check is not for the next one.
        if (!isHere.current) return;
        const { compartment } = crop.editor.state.getSnapshot();
        crop.editor.setDoubt(findingsPerLabel(found, compartment));
        act(found);
      } catch (failure) {
        say(embedStrings.checks.failed(failure instanceof Error ? failure.message : ""));
      } finally {
        underWay.current = false;
        setBusy(false);
      }
    },
    [crop, say],
  );
  const look = useCallback(() => void check(setFindings), [check]);
  const submit = useCallback(
    () =>
      void check((found) => {
        setFindings(found.length > 0 ? found : null);
        if (found.length === 0) onSubmit();
      }),
    [check, onSubmit],
  );
  const color = useCallback(
    () =>
      void check((found) => {
        const { compartment } = crop.editor.state.getSnapshot();
        crop.editor.setLabelValues(findingsPerLabel(found, compartment));
        crop.editor.setView({ colorBy: "value" });
      }),
    [check, crop],
  );
  const close = useCallback(() => setFindings(null), []);
  return { findings, isBusy, look, submit, color, close };
}
