/** Which channel the tools of the image read. */
import type { Compartment, Raster } from "../model";
import type { EditorSnapshot } from "./snapshot";
import type { ChannelView } from "./view-state";

const ROLE_OF: Readonly<Record<Compartment, string>> = {
  whole_cell: "membrane",
  nuclear: "nuclear",
};

export interface ToolImage {
  readonly raster: Raster;
  /** Width of the contrast limits, in intensities. */
  readonly range: number;
}

/**
 * The channel that was chosen for it, else the loaded one of the compartment's role, else the
 * first loaded one that is shown, else the first loaded one; null while none is loaded.
 */
export function toolImage(
  snapshot: EditorSnapshot,
  plane: (channel: number, frame: number) => Raster | null,
): ToolImage | null {
  const index = channelFor(snapshot);
  const raster = index < 0 ? null : plane(index, snapshot.frame);
  if (raster === null) {
    return null;
  }
  const [black, full] = snapshot.channels[index].contrast;
  return { raster, range: full - black };
}

function channelFor({ channels, compartment, work }: EditorSnapshot): number {
  const chosen = work.options.imageChannel;
  if (chosen !== null && channels[chosen]?.loaded) {
    return chosen;
  }
  const rules: ((channel: ChannelView) => boolean)[] = [
    ({ role }) => role === ROLE_OF[compartment],
    ({ visible }) => visible,
    () => true,
  ];
  for (const rule of rules) {
    const index = channels.findIndex((channel) => channel.loaded && rule(channel));
    if (index >= 0) {
      return index;
    }
  }
  return -1;
}
