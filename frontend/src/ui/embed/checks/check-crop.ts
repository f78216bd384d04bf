import type { CheckFinding, Compartment } from "../../../model";
import type { OpenCrop } from "../open-crop";

/** Checks the labels of a crop, against themselves and its nuclear channel, in the worker. */
export function checkCrop({
  labels,
  assignment,
  channelData,
  check,
}: OpenCrop): Promise<CheckFinding[]> {
  const index = assignment.channels.findIndex(({ role }) => role === "nuclear");
  const nuclei = index < 0 ? null : channelData(index);
  const { min_area_px, min_covered, min_bright_area_px } = assignment.submit_checks;
  const thresholds = {
    minAreaPx: min_area_px,
    minCovered: min_covered,
    minBrightAreaPx: min_bright_area_px,
  };
  return check({ labels, nuclei, thresholds });
}

/** How many findings each label of a compartment has. */
export function findingsPerLabel(
  findings: readonly CheckFinding[],
  compartment: Compartment,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const finding of findings) {
    if (finding.compartment !== compartment || finding.label === 0) continue;
    counts.set(finding.label, (counts.get(finding.label) ?? 0) + 1);
  }
  return counts;
}
