import type { ChannelSettings, ChannelView, Editor } from "../../../engine";
import type { TextStore } from "../../ports/storage";

/** How channels are shown, under a name; kept by the names of channels, so it fits other crops too. */
export interface SavedView {
  readonly name: string;
  readonly channels: Readonly<Record<string, ChannelSettings>>;
}

const COLOR_OF_INPUT: Readonly<Record<string, readonly [number, number, number]>> = {
  nuclear: [64, 128, 255],
  membrane: [0, 230, 64],
};

const keyOf = (jobId: number) => `cytoloop.views.${jobId}`;

/** The views that this browser holds for a job. */
export function savedViews(store: TextStore, jobId: number): readonly SavedView[] {
  try {
    const views: unknown = JSON.parse(store.get(keyOf(jobId)) ?? "[]");
    return Array.isArray(views) ? views.filter(isView) : [];
  } catch {
    return [];
  }
}

/** Keeps a view, in the place of one of the same name. */
export function saveView(store: TextStore, jobId: number, view: SavedView): void {
  const others = savedViews(store, jobId).filter(({ name }) => name !== view.name);
  store.set(keyOf(jobId), JSON.stringify([...others, view]));
}

export function forgetView(store: TextStore, jobId: number, name: string): void {
  const others = savedViews(store, jobId).filter((view) => view.name !== name);
  store.set(keyOf(jobId), JSON.stringify(others));
}

/** What is shown now, under a name. */
export function viewOf(name: string, channels: readonly ChannelView[]): SavedView {
  const settings = channels.map((channel) => {
    const { visible, color, contrast, gamma, inverted, lut } = channel;
    return [channel.name, { visible, color, contrast, gamma, inverted, lut }];
  });
  return { name, channels: Object.fromEntries(settings) };
}

/** Shows the channels of a view as it says, and hides those it does not name. */
export function applyView(editor: Editor, view: SavedView): void {
  editor.state.getSnapshot().channels.forEach(({ name }, index) => {
    editor.setChannel(index, view.channels[name] ?? { visible: false });
  });
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

function isView(value: unknown): value is SavedView {
  const { name, channels } = (value ?? {}) as Partial<SavedView>;
  return typeof name === "string" && typeof channels === "object" && channels !== null;
}
