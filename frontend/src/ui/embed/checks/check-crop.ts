import type { OpenCrop } from "../open-crop";
import { type CheckFinding, checkLabels } from "./check-labels";

/** Checks the labels of a crop against themselves and against its nuclear channel. */
export function checkCrop({ labels, assignment, channelData }: OpenCrop): CheckFinding[] {
  const index = assignment.channels.findIndex(({ role }) => role === "nuclear");
  return checkLabels({ labels, nuclei: index < 0 ? null : channelData(index) });
}
