/** Which channels are drawn, and in which colour: composite, grayscale, one alone. */

import type { EditorSnapshot } from "./snapshot";
import type { ChannelView } from "./view-state";

export interface ShownChannel {
  readonly index: number;
  readonly view: ChannelView;
}

const grays = new WeakMap<ChannelView, ChannelView>();

/** @param isSolo while the key is held that shows one channel alone. */
export function shownChannels({ channels, view }: EditorSnapshot, isSolo: boolean): ShownChannel[] {
  const alone = isSolo ? view.channel : view.soloChannel;
  if (alone !== null && channels[alone] !== undefined) {
    return [{ index: alone, view: channels[alone] }];
  }
  if (view.mode === "grayscale" && channels[view.channel] !== undefined) {
    return [{ index: view.channel, view: inWhite(channels[view.channel]) }];
  }
  return channels.flatMap((channel, index) => (channel.visible ? [{ index, view: channel }] : []));
}

/** The same object for the same channel, so that nothing is uploaded again. */
function inWhite(channel: ChannelView): ChannelView {
  let gray = grays.get(channel);
  if (gray === undefined) {
    gray = { ...channel, color: [255, 255, 255], lut: "color" };
    grays.set(channel, gray);
  }
  return gray;
}
