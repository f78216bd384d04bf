/** An editor on a crop that a test describes in JSON. */
import {
  type AttachOptions,
  type Camera,
  type ChannelSettings,
  createEditor,
  type Editor,
  type EditorPreferences,
  type SavePort,
  type ViewSettings,
} from "../../src/engine";
import {
  type ChannelData,
  COMPARTMENTS,
  type Compartment,
  fromBase64,
  labelImage,
} from "../../src/model";
import { browserClock, browserScheduler } from "../../src/ui/ports/browser";

const ARRAYS = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  float32: Float32Array,
} as const;

export interface ChannelSpec {
  readonly dtype: keyof typeof ARRAYS;
  /** Little-endian bytes of the intensities, in base64. */
  readonly data: string;
  readonly settings?: ChannelSettings;
}

export interface CropSpec {
  readonly nRows: number;
  readonly nCols: number;
  /** Little-endian uint32 bytes per compartment, in base64. */
  readonly labels: Partial<Record<Compartment, string>>;
  readonly channels: readonly ChannelSpec[];
  readonly view?: Partial<ViewSettings>;
  readonly camera?: Camera;
  readonly preferences?: Partial<EditorPreferences>;
  readonly selected?: number;
  readonly hidden?: readonly number[];
  /** Labels that the annotator accepted. */
  readonly accepted?: readonly number[];
  readonly values?: readonly (readonly [number, number])[];
  /** Where the pointer is, in CSS pixels. */
  readonly pointer?: { readonly x: number; readonly y: number };
  readonly viewport: Omit<AttachOptions, "renderer">;
}

/** A server that takes everything and keeps nothing. */
export const agreeableServer: SavePort = {
  send: async (edits) => ({ kind: "saved", lastSeq: edits[edits.length - 1]?.seq ?? 0 }),
};

export async function openCrop(spec: CropSpec): Promise<Editor> {
  const shape = { nFrames: 1, nRows: spec.nRows, nCols: spec.nCols };
  const names = COMPARTMENTS.filter((name) => spec.labels[name] !== undefined);
  const images = names.map((name) => [
    name,
    labelImage(new Uint32Array(bytesOf(spec.labels[name] ?? "")), shape),
  ]);
  const editor = createEditor({
    image: {
      ...shape,
      channels: spec.channels.map((_, i) => ({ name: `channel ${i}`, role: "other", data: null })),
      pixelSizeUm: null,
    },
    labels: Object.fromEntries(images),
    compartments: names,
    lastSeq: 0,
    options: spec.preferences,
    ports: {
      save: agreeableServer,
      journal: null,
      clock: browserClock,
      scheduler: browserScheduler,
    },
  });
  await editor.ready;
  spec.channels.forEach((channel, i) => {
    editor.loadChannel(i, channelData(channel));
    editor.setChannel(i, channel.settings ?? {});
  });
  return editor;
}

/** Shows the crop as the spec says; the canvas has to be attached already. */
export function showAs(editor: Editor, spec: CropSpec): void {
  editor.setView(spec.view ?? {});
  for (const label of spec.accepted ?? []) {
    editor.select(label);
    editor.run("review.accept");
  }
  editor.select(spec.selected ?? 0);
  editor.setHidden(spec.hidden ?? []);
  editor.setLabelValues(spec.values ? new Map(spec.values) : null);
  if (spec.camera) {
    editor.setCamera(spec.camera);
  }
  if (spec.pointer) {
    editor.dispatch({ type: "pointer_move", ...spec.pointer, buttons: 0 });
  }
}

/** Two frames: the editor draws in the first. */
export function framesDrawn(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}

function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(fromBase64(base64)).buffer;
}

function channelData({ dtype, data }: ChannelSpec): ChannelData {
  return new ARRAYS[dtype](bytesOf(data));
}
