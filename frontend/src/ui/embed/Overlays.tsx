import { lazy, Suspense } from "react";

/** What can lie above the page; none of it is loaded before it is asked for. */
export type Overlay = "palette" | "help" | "tutorial";

const CommandPalette = lazy(() => import("./palette/CommandPalette"));
const Tutorial = lazy(() => import("./tutorial/Tutorial"));
const HelpOverlay = lazy(() => import("./help/HelpOverlay"));

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
