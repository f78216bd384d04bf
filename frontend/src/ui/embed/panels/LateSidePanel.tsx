import { lazy, Suspense } from "react";
import { Loading } from "../../components/Notice";
import type { SidePanelProps } from "./SidePanel";

export const loadPanels = () => import("./side-panels");
const SidePanel = lazy(async () => ({ default: (await loadPanels()).SidePanel }));

/** The panel, whose script follows the first paint; its place is held meanwhile. */
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
