import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { ChannelPanel } from "../../src/ui/embed/channels/ChannelPanel";
import { histogramBars } from "../../src/ui/embed/channels/histogram-bars";
import { paintedSamples, samplesOf, THUMBNAIL_PX } from "../../src/ui/embed/channels/thumbnail";
import { applyPreset, presetOf } from "../../src/ui/embed/channels/views";
import { OwnPresets } from "../../src/ui/ports/own-presets";
import { fakeCrop } from "./fake-editor";

let held: ReturnType<typeof fakeCrop>;

beforeEach(() => {
  held = fakeCrop();
  const [dapi] = held.editor.state.getSnapshot().channels;
  held.show({
    channels: [dapi, { ...dapi, name: "CD3", role: "other", visible: false }],
  });
});

function show() {
  render(<ChannelPanel crop={held.crop} />);
  return userEvent.setup();
}

describe("bars of a histogram", () => {
  it("stand where the intensities are, the most frequent one full", () => {
    const bars = histogramBars(Uint16Array.of(0, 0, 0, 64), [0, 64]);
    expect(bars.length).toBe(64);
    expect(bars[0]).toBe(1);
    expect(bars[63]).toBeCloseTo(Math.log(2) / Math.log(4));
    expect(bars.slice(1, 63).every((bar) => bar === 0)).toBe(true);
  });

  it("are one for a constant channel and none for one without a finite value", () => {
    expect(histogramBars(Uint8Array.of(7, 7), [0, 64]).filter((bar) => bar > 0)).toEqual([1]);
    expect(histogramBars(Float32Array.of(Number.NaN), [0, 1]).every((bar) => bar === 0)).toBe(true);
  });
});

describe("a channel", () => {
  it("has contrast, gamma and inversion", async () => {
    const user = show();
    expect(screen.getByRole("img", { name: /each intensity of DAPI/ })).toBeTruthy();
    await user.click(screen.getByLabelText("Invert DAPI"));
    expect(held.editor.setChannel).toHaveBeenLastCalledWith(0, { inverted: true });
    await user.selectOptions(screen.getByLabelText("Colour scale of DAPI"), "magma");
    expect(held.editor.setChannel).toHaveBeenLastCalledWith(0, { lut: "magma" });
    await user.click(screen.getByRole("button", { name: "Auto all" }));
    expect(held.editor.run).toHaveBeenCalledWith("channels.auto_contrast");
  });

  it("waits for its intensities", () => {
    const [dapi] = held.editor.state.getSnapshot().channels;
    act(() => held.show({ channels: [{ ...dapi, loaded: false }] }));
    show();
    expect(screen.queryByRole("img")).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>("DAPI: shown black at").disabled).toBe(true);
  });
});

describe("one channel", () => {
  it("is shown in grey, or alone in its colour", async () => {
    const user = show();
    await user.click(screen.getByRole("radio", { name: "One in grey" }));
    await user.click(screen.getByRole("button", { name: "Solo: show CD3 alone" }));
    const { view } = held.editor.state.getSnapshot();
    act(() => held.show({ view: { ...view, soloChannel: 1 } }));
    await user.click(screen.getByRole("button", { name: "Solo: show CD3 alone", pressed: true }));
    act(() => held.show({ view: { ...view, mode: "grayscale" } }));
    await user.click(screen.getByRole("button", { name: "Solo: show CD3 alone", pressed: false }));
    expect(held.editor.setView.mock.calls).toEqual([
      [{ mode: "grayscale" }],
      [{ channel: 1, soloChannel: 1 }],
      [{ channel: 1, soloChannel: null }],
      [{ channel: 1, soloChannel: null }],
    ]);
  });
});

describe("views", () => {
  it("can show what the predictor sees", async () => {
    const user = show();
    await user.selectOptions(screen.getByLabelText("Channel views"), "Model input");
    expect(held.editor.setChannel.mock.calls).toEqual([
      [0, { visible: true, color: [64, 128, 255], gamma: 1, inverted: false, lut: "color" }],
      [1, { visible: false }],
    ]);
    expect(held.editor.autoContrast.mock.calls).toEqual([[0]]);
  });

  it("are saved, taken up and forgotten", async () => {
    const user = show();
    await user.click(screen.getByRole("button", { name: "Save view" }));
    await user.type(screen.getByLabelText("Name of the view"), "Nuclei only{Enter}");
    await user.selectOptions(screen.getByLabelText("Channel views"), "Nuclei only");
    expect(held.editor.setChannel).toHaveBeenLastCalledWith(
      1,
      expect.objectContaining({ visible: false, contrast: [100, 900] }),
    );
    await user.click(screen.getByRole("button", { name: "Forget the view Nuclei only" }));
    expect(screen.queryByRole("option", { name: "Nuclei only" })).toBeNull();
  });

  it("need a name, and a way back from asking for one", async () => {
    const user = show();
    const ask = () => user.click(screen.getByRole("button", { name: "Save view" }));
    await ask();
    await user.type(screen.getByLabelText("Name of the view"), "  {Enter}");
    await ask();
    await user.type(screen.getByLabelText("Name of the view"), "x{Escape}");
    await ask();
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(held.crop.presets.getSnapshot().items).toEqual([]);
  });

  it("of the project stand beside one's own", async () => {
    const [dapi] = held.editor.state.getSnapshot().channels;
    const project = presetOf("Nuclei", [{ ...dapi, gamma: 2 }]);
    held.crop.assignment = { ...held.crop.assignment, view_presets: [project] };
    const user = show();
    await user.selectOptions(screen.getByRole("combobox", { name: "Channel views" }), "Nuclei");
    expect(held.editor.setChannel).toHaveBeenCalledWith(0, expect.objectContaining({ gamma: 2 }));
    expect(screen.getByRole("group", { name: "Of the project" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: /^Forget/ })).toBeNull();
  });

  it("say when the server does not keep them", async () => {
    const write = async () => {
      throw new Error("The server cannot be reached.");
    };
    held.crop.presets = new OwnPresets({ read: async () => [], write });
    const user = show();
    await user.click(screen.getByRole("button", { name: "Save view" }));
    await user.type(screen.getByLabelText("Name of the view"), "Mine{Enter}");
    expect(
      await screen.findByText("Kept on this page only: The server cannot be reached."),
    ).toBeTruthy();
  });

  it("come back as they were, but for channels that they do not name", () => {
    const { channels } = held.editor.state.getSnapshot();
    const [dapi] = channels;
    applyPreset(held.editor, presetOf("a", [{ ...dapi, contrast: [7, 9], lut: "magma" }]));
    const { visible, color, gamma, inverted } = dapi;
    const settings = { visible, color, gamma, inverted, lut: "magma", contrast: [7, 9] };
    expect(held.editor.setChannel.mock.calls).toEqual([[0, settings]]);
    expect(held.editor.autoContrast).not.toHaveBeenCalled();
  });

  it("may leave contrast to the image, and name a scale that is unknown here", () => {
    const [channel] = presetOf("a", held.editor.state.getSnapshot().channels).channels;
    if (!channel) throw new Error("The preset names no channel.");
    applyPreset(held.editor, {
      name: "a",
      channels: [{ ...channel, contrast: null, lut: "turbo" }],
    });
    expect(held.editor.setChannel).toHaveBeenCalledWith(
      0,
      expect.not.objectContaining({ contrast: expect.anything() }),
    );
    expect(held.editor.setChannel).toHaveBeenCalledWith(
      0,
      expect.objectContaining({ lut: "color" }),
    );
    expect(held.editor.autoContrast).toHaveBeenCalledWith(0);
  });
});

describe("the thumbnail of a channel", () => {
  const look = {
    color: [0, 128, 255],
    contrast: [100, 900],
    gamma: 1,
    inverted: false,
    lut: "color",
  } as const;

  it("is of the middle square of a frame", () => {
    const shape = { nRows: 1, nCols: 3 };
    const samples = samplesOf(Uint8Array.of(1, 2, 3, 4, 5, 6), shape, 1);
    expect([samples.length, new Set(samples)]).toEqual([THUMBNAIL_PX ** 2, new Set([5])]);
  });

  it("passes over what is no number, in any colours", () => {
    const shape = { nRows: 3, nCols: 3 };
    const data = Float32Array.of(Number.NaN, 7, Number.NaN, 7, 7, 7, 7, 7, 7);
    const samples = samplesOf(data, shape, 0);
    expect([Math.max(...samples), samples.some(Number.isNaN)]).toEqual([7, false]);
    const nothing = samplesOf(new Float32Array(9).fill(Number.NaN), shape, 0);
    const magma = { ...look, lut: "magma" } as const;
    expect([...paintedSamples([nothing[0], Number.NaN], magma)]).toEqual([
      0, 0, 4, 255, 0, 0, 4, 255,
    ]);
  });

  it("has the colours of the channel, within its contrast", () => {
    expect([...paintedSamples([100, 500, 2000], look)]).toEqual([
      ...[0, 0, 0, 255],
      ...[0, 64, 128, 255],
      ...[0, 128, 255, 255],
    ]);
    const inverted = paintedSamples([100], { ...look, inverted: true });
    expect([...inverted]).toEqual([0, 128, 255, 255]);
    expect([...paintedSamples([900], { ...look, lut: "gray" })]).toEqual([255, 255, 255, 255]);
    expect([...paintedSamples([5], { ...look, contrast: [7, 7] })]).toEqual([0, 0, 0, 255]);
  });
});
