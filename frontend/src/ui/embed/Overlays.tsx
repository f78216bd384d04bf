import { Suspense } from "react";
import { late } from "./late";
import { loadHelp, loadPalette, loadTutorial } from "./late-parts";

/** What can lie above the page. */
export type Overlay = "palette" | "help" | "tutorial";

const CommandPalette = late(async () => (await loadPalette()).default);
const Tutorial = late(async () => (await loadTutorial()).default);
const HelpOverlay = late(async () => (await loadHelp()).default);

interface OverlaysProps {
  open: Overlay | null;
  run: (command: string) => void;
  onClose: () => void;
}

export function Overlays({ open, run, onClose }: OverlaysProps) {
  return (
    <Suspense fallback={null}>
      {open === "palette" && <CommandPalette run={run} onClose={onClose} />}
      {open === "tutorial" && <Tutorial onClose={onClose} />}
      {open === "help" && <HelpOverlay onClose={onClose} />}
    </Suspense>
  );
}
