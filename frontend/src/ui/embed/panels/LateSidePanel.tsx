import { Suspense } from "react";
import { Loading } from "../../components/Notice";
import { late } from "../late";
import { loadPanels } from "../late-parts";
import type { SidePanelProps } from "./SidePanel";

const SidePanel = late(async () => (await loadPanels()).SidePanel);

/** The panel; its place is held until its script is there. */
export function LateSidePanel(props: SidePanelProps) {
  const place = (
    <aside className="side-panel">
      <Loading />
    </aside>
  );
  return (
    <Suspense fallback={place}>
      <SidePanel {...props} />
    </Suspense>
  );
}
