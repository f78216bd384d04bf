import type {
  AnnotatorApi,
  Assignment,
  StoredLabels,
  StoredMarks,
  ViewPresetsApi,
} from "../../api";
import { createEditor, type Editor } from "../../engine";
import {
  type ChannelData,
  type CheckFinding,
  type CheckInput,
  type Compartment,
  InvalidArray,
  type LabelSet,
  labelImage,
  parseNpy,
} from "../../model";
import { browserClock, browserScheduler } from "../ports/browser";
import { openJournal } from "../ports/journal";
import { OperationWorker } from "../ports/operations";
import { OwnPresets } from "../ports/own-presets";
import { predictorPort } from "../ports/predictor";
import { savePort } from "../ports/save";
import { lockTab, type TabLock } from "../ports/tab-lock";
import { embedStrings } from "../strings-embed";

/** A crop in the editor; channels arrive while it can already be edited. */
export interface OpenCrop {
  assignment: Assignment;
  editor: Editor;
  /** Whether this tab may edit, or another one has the crop. */
  tab: TabLock;
  /** The arrays that the editor changes in place. */
  labels: LabelSet;
  /** Intensities of a channel in C order (frame, row, column), or null until they are there. */
  channelData: (index: number) => ChannelData | null;
  /** Settles when every channel is shown; rejects when one could not be loaded. */
  channelsLoaded: Promise<void>;
  /** The views of channels that this annotator keeps. */
  presets: OwnPresets;
  /** The checks that come before a submission, where nothing else waits for them. */
  check: (input: CheckInput) => Promise<CheckFinding[]>;
}

/** The calls of the server that a crop needs. */
export interface CropApis {
  readonly api: AnnotatorApi;
  readonly presets: ViewPresetsApi;
}

/** One for the page: it holds nothing of a crop. */
const operations = new OperationWorker(async () =>
  (await import("../ports/start-worker")).startWorker(),
);

/** The planes of a labels file, one per compartment of the assignment. */
export function labelSetOf(npy: ArrayBuffer, compartments: readonly Compartment[]): LabelSet {
  const { data, shape } = parseNpy(npy);
  const [nPlanes = 0, nFrames = 0, nRows = 0, nCols = 0] = shape;
  if (!(data instanceof Uint32Array) || shape.length !== 4 || nPlanes !== compartments.length) {
    const expected = `uint32 with ${compartments.length} compartments`;
    throw new InvalidArray(
      `The labels are not ${expected} but (${shape}). Load the assignment again.`,
    );
  }
  const size = nFrames * nRows * nCols;
  const plane = (index: number) =>
    labelImage(data.subarray(index * size, (index + 1) * size), { nFrames, nRows, nCols });
  return Object.fromEntries(compartments.map((name, index) => [name, plane(index)]));
}

/** Opens the editor as soon as the labels are there and lets the channels follow. */
export async function openCrop(apis: CropApis, assignment: Assignment): Promise<OpenCrop> {
  const locking = lockTab(`cytoloop-assignment-${assignment.id}`);
  try {
    return await openIn(locking, apis, assignment);
  } catch (failure) {
    (await locking).release();
    throw failure;
  }
}

const MOST_ATTEMPTS = 4;

/** Labels and marks after the same edit: another page may send edits while this one reads. */
async function stateOf(
  api: AnnotatorApi,
  id: number,
): Promise<{ stored: StoredLabels; marks: StoredMarks }> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const [stored, marks] = await Promise.all([api.labels(id), api.marks(id)]);
    if (stored.seq === marks.last_seq) return { stored, marks };
  }
  throw new Error(embedStrings.failed.unsteady);
}

async function openIn(
  locking: Promise<TabLock>,
  { api, presets: presetsApi }: CropApis,
  assignment: Assignment,
): Promise<OpenCrop> {
  const { id, window, n_frames, compartments } = assignment;
  const arriving = assignment.channels.map(({ index }) => settle(api.channel(id, index)));
  const [{ stored, marks }, tab] = await Promise.all([stateOf(api, id), locking]);
  // What another tab has not sent yet stays in its hands.
  const journal = tab.isHeld ? openJournal(() => indexedDB, id) : null;
  const log = await api.edits(id, stored.seq);
  const labels = labelSetOf(stored.npy, compartments);
  const editor = createEditor({
    image: {
      nFrames: n_frames,
      nRows: window.height,
      nCols: window.width,
      channels: assignment.channels.map(({ name, role }) => ({ name, role, data: null })),
      pixelSizeUm: assignment.pixel_size_um,
    },
    labels,
    compartments,
    lastSeq: stored.seq,
    log,
    marks: marks.marks,
    cellTypes: assignment.cell_types,
    confidences: assignment.confidences,
    options: { readOnly: !tab.isHeld },
    ports: {
      save: savePort(api, id),
      journal,
      clock: browserClock,
      scheduler: browserScheduler,
      worker: operations,
      predictor: predictorPort(api, id),
    },
  });
  await editor.ready;
  const held: (ChannelData | undefined)[] = [];
  const channelsLoaded = Promise.all(
    arriving.map(async (channel, position) => {
      const { data } = parseNpy(await channel);
      held[position] = data;
      editor.loadChannel(position, data);
    }),
  ).then(() => undefined);
  const channelData = (index: number) => held[index] ?? null;
  const presets = new OwnPresets({
    read: () => presetsApi.read(id),
    write: (items) => presetsApi.write(id, items),
  });
  const check = (input: CheckInput) => operations.check(input);
  const shown = settle(channelsLoaded);
  return { assignment, editor, tab, labels, channelData, channelsLoaded: shown, presets, check };
}

/** The same promise; its failure is no unhandled one while nobody waits for it yet. */
function settle<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
