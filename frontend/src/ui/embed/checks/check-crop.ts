import type { ChannelData, Compartment } from "../../../model";
import type { OpenCrop } from "../open-crop";
import { type CheckFinding, checkLabels } from "./check-labels";

/** The channel whose light shows the instances of a compartment. */
const ROLE_OF: Readonly<Record<Compartment, string>> = {
  whole_cell: "membrane",
  nuclear: "nuclear",
};

/** Checks the labels of a crop against themselves and against its channels. */
export function checkCrop({ labels, assignment, channelData }: OpenCrop): CheckFinding[] {
  const intensities: Partial<Record<Compartment, ChannelData>> = {};
  for (const compartment of assignment.compartments) {
    const index = assignment.channels.findIndex(({ role }) => role === ROLE_OF[compartment]);
    const data = index < 0 ? null : channelData(index);
    if (data) intensities[compartment] = data;
  }
  return checkLabels({ labels, intensities });
}
