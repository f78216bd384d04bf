import type { Assignment } from "../../../api";
import type { EditorSnapshot } from "../../../engine";
import type { IconName } from "../icons";

/** The panels beside the crop. */
export type PanelId = "view" | "types" | "notes" | "regions" | "divisions";

interface PanelInfo {
  readonly id: PanelId;
  readonly icon: IconName;
}

const PANELS: readonly PanelInfo[] = [
  { id: "view", icon: "view" },
  { id: "types", icon: "types" },
  { id: "notes", icon: "notes" },
  { id: "regions", icon: "ignore" },
  { id: "divisions", icon: "division" },
];

/** Those that a crop has: divisions need more than one frame. */
export function panelsOf({ n_frames }: Pick<Assignment, "n_frames">): readonly PanelInfo[] {
  return PANELS.filter(({ id }) => id !== "divisions" || n_frames > 1);
}

export interface PanelCount {
  readonly n: number;
  readonly isUrgent: boolean;
}

/** What a panel has to show, for the number beside its name; 0 where that tells nothing. */
export function countOf(
  panel: PanelId,
  { marks, alerts, nUncertain }: Pick<EditorSnapshot, "marks" | "alerts"> & { nUncertain: number },
): PanelCount {
  const { notes, regions, divisions } = marks;
  switch (panel) {
    case "view":
    case "types":
      return { n: 0, isUrgent: false };
    case "notes":
      return { n: notes.length + nUncertain, isUrgent: false };
    case "regions":
      return { n: regions.length, isUrgent: false };
    case "divisions":
      return { n: alerts.length || divisions.length, isUrgent: alerts.length > 0 };
  }
}
