import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { ChannelPanel } from "../../src/ui/embed/channels/ChannelPanel";
import { histogramBars } from "../../src/ui/embed/channels/histogram-bars";
import { savedViews, saveView } from "../../src/ui/embed/channels/views";
import { fakeCrop } from "./fake-editor";
import { memoryStore } from "./memory-store";

let held: ReturnType<typeof fakeCrop>;

beforeEach(() => {
  window.localStorage.clear();
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

  it("replace one of the same name, per job, and survive what others wrote", () => {
    const store = memoryStore();
    saveView(store, 1, { name: "a", channels: {} });
    saveView(store, 1, { name: "a", channels: { DAPI: { visible: true } } });
    expect(savedViews(store, 1)).toEqual([{ name: "a", channels: { DAPI: { visible: true } } }]);
    expect(savedViews(store, 2)).toEqual([]);
    store.set("cytoloop.views.1", '[{"name":3},null]');
    expect(savedViews(store, 1)).toEqual([]);
    store.set("cytoloop.views.1", "{");
    expect(savedViews(store, 1)).toEqual([]);
  });
});
