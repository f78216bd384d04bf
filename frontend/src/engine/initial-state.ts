/** The state that an editor opens with. */
import {
  autoContrast,
  channelColor,
  type History,
  type LabelDocument,
  type MarkBook,
} from "../model";
import { fitted } from "./camera";
import type { CropImage, EditorOptions, EditorPreferences, ImageChannel } from "./editor-options";
import type { EditorSnapshot, SaveState } from "./snapshot";
import type { ChannelView, Viewport, ViewSettings } from "./view-state";
import { FIRST_WORK_STATE } from "./work";

export const DEFAULT_PREFERENCES: EditorPreferences = {
  tool: "select",
  brushRadiusPx: 5,
  writeMode: "protect",
  contextBrush: false,
  readOnly: false,
  historyBytes: 256 * 2 ** 20,
};

const DEFAULT_VIEW: ViewSettings = {
  fillOpacity: 0.2,
  outlineOpacity: 0.9,
  outlineWidthPx: 1,
  showLabels: true,
  onlySelected: false,
  palette: "vivid",
  background: [18, 20, 24],
  mode: "composite",
  channel: 0,
  soloChannel: null,
  colorBy: "label",
  colormap: "viridis",
  showOther: false,
};

/** Channels shown at first when none is nuclear or membrane. */
const N_SHOWN = 3;

/** The view before a canvas tells its size. */
export const FIRST_VIEWPORT: Viewport = { width: 800, height: 600, pixelRatio: 1 };

export interface Beginning {
  readonly options: EditorOptions;
  readonly preferences: EditorPreferences;
  readonly document: LabelDocument;
  readonly save: SaveState;
  readonly journalWorks: boolean;
  readonly history: History;
  readonly marks: MarkBook;
}

export function initialSnapshot(beginning: Beginning): EditorSnapshot {
  const { options, preferences, document } = beginning;
  const compartment = options.compartments[0] ?? document.compartments[0];
  return {
    phase: "opening",
    editable: false,
    tool: preferences.tool,
    path: `${preferences.tool}.idle`,
    compartment,
    frame: 0,
    selected: 0,
    selection: null,
    hover: null,
    brushRadiusPx: preferences.brushRadiusPx,
    writeMode: preferences.writeMode,
    contextBrush: preferences.contextBrush,
    channels: channelViews(options.image),
    view: DEFAULT_VIEW,
    isHidingLabels: false,
    camera: fitted(options.image, FIRST_VIEWPORT),
    canUndo: beginning.history.canUndo,
    canRedo: beginning.history.canRedo,
    nInstances: document.index({ compartment, frame: 0 }).size,
    nChecked: 0,
    nEdits: 0,
    nRestored: 0,
    marks: beginning.marks.view(compartment),
    uncertainPlaces: [],
    alerts: [],
    cellTypes: options.cellTypes ?? [],
    typeCounts: new Map(),
    save: beginning.save,
    journalWorks: beginning.journalWorks,
    renderer: null,
    work: FIRST_WORK_STATE,
  };
}

function channelViews(image: CropImage): ChannelView[] {
  const isMain = ({ role }: ImageChannel) => role === "nuclear" || role === "membrane";
  const hasMain = image.channels.some(isMain);
  return image.channels.map((channel, index) => ({
    name: channel.name,
    role: channel.role,
    loaded: channel.data !== null,
    visible: hasMain ? isMain(channel) : index < N_SHOWN,
    color: channelColor(channel.role, index),
    contrast: channel.data === null ? [0, 1] : autoContrast(channel.data),
    gamma: 1,
    inverted: false,
    lut: "color",
  }));
}
