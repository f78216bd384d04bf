import { vi } from "vitest";
import type { Assignment } from "../../src/api";
import { type Editor, type EditorSnapshot, FIRST_WORK_STATE } from "../../src/engine";
import { checkLabels, labelImage } from "../../src/model";
import type { OpenCrop } from "../../src/ui/embed/open-crop";
import { OwnPresets } from "../../src/ui/ports/own-presets";
import { assignment } from "./samples";

const SNAPSHOT: EditorSnapshot = {
  phase: "ready",
  editable: true,
  tool: "select",
  path: "select.idle",
  compartment: "whole_cell",
  frame: 0,
  selected: 0,
  selection: null,
  hover: null,
  brushRadiusPx: 5,
  writeMode: "protect",
  contextBrush: true,
  channels: [
    {
      name: "DAPI",
      role: "nuclear",
      loaded: true,
      visible: true,
      color: [0, 128, 255],
      contrast: [100, 900],
      gamma: 1,
      inverted: false,
      lut: "color",
    },
  ],
  view: {
    fillOpacity: 0.3,
    outlineOpacity: 0.9,
    outlineWidthPx: 1,
    showLabels: true,
    onlySelected: false,
    palette: "vivid",
    background: [0, 0, 0],
    mode: "composite",
    channel: 0,
    soloChannel: null,
    colorBy: "label",
    colormap: "viridis",
    showOther: false,
  },
  isHidingLabels: false,
  camera: { zoom: 2, left: 0, top: 0 },
  canUndo: false,
  canRedo: false,
  nInstances: 3,
  nChecked: 0,
  nEdits: 0,
  nRestored: 0,
  marks: {
    types: new Map(),
    uncertain: new Set(),
    checked: new Set(),
    notes: [],
    regions: [],
    divisions: [],
  },
  uncertainPlaces: [],
  alerts: [],
  cellTypes: [],
  typeCounts: new Map(),
  save: { kind: "saved" },
  journalWorks: true,
  renderer: "canvas2d",
  work: FIRST_WORK_STATE,
};

/** An editor that does nothing but note what it is told; `show` changes what it says of itself. */
export function fakeEditor() {
  let snapshot = SNAPSHOT;
  const listeners = new Set<() => void>();
  const editor = {
    state: {
      getSnapshot: () => snapshot,
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    ready: Promise.resolve(),
    attach: vi.fn(() => vi.fn()),
    resize: vi.fn(),
    dispatch: vi.fn(),
    run: vi.fn(() => true),
    loadChannel: vi.fn(),
    setChannel: vi.fn(),
    autoContrast: vi.fn(),
    setView: vi.fn(),
    setTool: vi.fn(),
    setBrushRadius: vi.fn(),
    setWriteMode: vi.fn(),
    setContextBrush: vi.fn(),
    setToolOptions: vi.fn(),
    setDoubt: vi.fn(),
    setActiveType: vi.fn(),
    setType: vi.fn(() => true),
    editNote: vi.fn(() => true),
    saveNote: vi.fn(() => true),
    cancelNote: vi.fn(),
    deleteNote: vi.fn(() => true),
    selectRegion: vi.fn(),
    deleteRegion: vi.fn(() => true),
    addDaughter: vi.fn(() => true),
    removeDaughter: vi.fn(() => true),
    goTo: vi.fn(),
    cancelPrediction: vi.fn(),
    mark: vi.fn(() => true),
    marksNow: vi.fn(() => ({})),
    framesOf: vi.fn<Editor["framesOf"]>(() => [0]),
    windowOf: vi.fn<Editor["windowOf"]>(() => null),
    setHidden: vi.fn(),
    setLabelValues: vi.fn(),
    minimap: vi.fn(() => ({ width: 1, height: 1, rgba: new Uint8ClampedArray(4) })),
    visibleRect: vi.fn(() => ({ left: 0, top: 0, width: 3, height: 2 })),
    setCompartment: vi.fn(),
    setFrame: vi.fn(),
    select: vi.fn(),
    setCamera: vi.fn(),
    checksums: vi.fn(() => ({ whole_cell: 11, nuclear: 22 })),
    lastSeq: vi.fn(() => 4),
    flush: vi.fn(async () => undefined),
    retrySave: vi.fn(),
    unsavedEdits: vi.fn(() => []),
    discardUnsaved: vi.fn(async () => undefined),
    onEdit: vi.fn(() => vi.fn()),
    dispose: vi.fn(),
  } satisfies Editor;
  const show = (change: Partial<EditorSnapshot>) => {
    snapshot = { ...snapshot, ...change };
    for (const listener of listeners) listener();
  };
  return { editor, show };
}

/** A crop of 2 x 3 pixels in a fake editor. */
export function fakeCrop(change: Partial<Assignment> = {}) {
  const { editor, show } = fakeEditor();
  const shape = { nFrames: 1, nRows: 2, nCols: 3 };
  const crop: OpenCrop = {
    assignment: assignment(change),
    editor,
    labels: {
      whole_cell: labelImage(Uint32Array.of(1, 1, 0, 2, 2, 0), shape),
      nuclear: labelImage(Uint32Array.of(1, 0, 0, 2, 0, 0), shape),
    },
    tab: { isHeld: true, freed: Promise.resolve(), release: vi.fn() },
    channelData: () => Uint16Array.of(100, 200, 300, 900, 900, 100),
    channelsLoaded: Promise.resolve(),
    presets: new OwnPresets({ read: async () => [], write: async () => undefined }),
    check: async (input) => checkLabels(input),
  };
  return { crop, editor, show };
}
