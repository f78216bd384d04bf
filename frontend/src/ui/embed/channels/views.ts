import type { ViewPreset } from "../../../api";
import type { ChannelLut, ChannelSettings, ChannelView, Editor } from "../../../engine";
import { COLORMAPS } from "../../../model";
import { fromHex, toHex } from "../color";

type PresetChannel = ViewPreset["channels"][number];

const COLOR_OF_INPUT: Readonly<Record<string, readonly [number, number, number]>> = {
  nuclear: [64, 128, 255],
  membrane: [0, 230, 64],
};

/** What is shown now, under a name; channels are known by their names, so it fits other crops too. */
export function presetOf(name: string, channels: readonly ChannelView[]): ViewPreset {
  return {
    name,
    channels: channels.map(({ name: channel, visible, color, contrast, gamma, inverted, lut }) => ({
      name: channel,
      visible,
      color: toHex(color),
      contrast: [contrast[0], contrast[1]],
      gamma,
      inverted,
      lut,
    })),
  };
}

/** Shows the channels that a preset names as it says, and leaves the others as they are. */
export function applyPreset(editor: Editor, preset: ViewPreset): void {
  const wanted = new Map(preset.channels.map((channel) => [channel.name, channel]));
  editor.state.getSnapshot().channels.forEach(({ name }, index) => {
    const channel = wanted.get(name);
    if (!channel) return;
    editor.setChannel(index, settingsOf(channel));
    if (!channel.contrast) editor.autoContrast(index);
  });
}

function settingsOf(channel: PresetChannel): ChannelSettings {
  const { visible, color, contrast, gamma, inverted } = channel;
  const settings = { visible, color: fromHex(color), gamma, inverted, lut: lutOf(channel.lut) };
  const [low, high] = contrast ?? [];
  return low === undefined || high === undefined
    ? settings
    : { ...settings, contrast: [low, high] };
}

/** A scale of colours that is not known here is shown in the colour of the channel. */
function lutOf(name: string): ChannelLut {
  return COLORMAPS.find((known) => known === name) ?? "color";
}

/** What the predictor sees: the nuclear and the membrane channel, each with automatic contrast. */
export function showModelInput(editor: Editor): void {
  editor.state.getSnapshot().channels.forEach(({ role }, index) => {
    const color = COLOR_OF_INPUT[role];
    if (color === undefined) {
      editor.setChannel(index, { visible: false });
    } else {
      editor.setChannel(index, { visible: true, color, gamma: 1, inverted: false, lut: "color" });
      editor.autoContrast(index);
    }
  });
}
