import { createEditor, type Editor } from "../../../engine";
import { labelImage } from "../../../model";
import { browserClock, browserScheduler } from "../../ports/browser";
import { PRACTICE_SHAPE, practiceCrop } from "./practice-crop";

/** What the practice needs of a crop; nothing of it goes to a server. */
export interface Practice {
  readonly editor: Editor;
  readonly truth: Uint32Array;
  readonly plane: Uint32Array;
  readonly assignment: {
    readonly pixel_size_um: number;
    readonly window: { row: number; col: number; height: number; width: number };
  };
}

const SEED = 7;

/** Opens an editor on a practice crop that is the same every time. */
export function openPractice(): Practice {
  const { nuclear, membrane, truth, start } = practiceCrop(seeded(SEED));
  const shape = { nFrames: 1, ...PRACTICE_SHAPE };
  const channels = [
    { name: "nuclear", role: "nuclear", data: nuclear },
    { name: "membrane", role: "membrane", data: membrane },
  ];
  const editor = createEditor({
    image: { ...shape, channels, pixelSizeUm: 0.5 },
    labels: { whole_cell: labelImage(start, shape) },
    compartments: ["whole_cell"],
    lastSeq: 0,
    ports: {
      save: { send: async (edits) => ({ kind: "saved", lastSeq: edits.at(-1)?.seq ?? 0 }) },
      journal: null,
      clock: browserClock,
      scheduler: browserScheduler,
    },
  });
  return {
    editor,
    truth,
    plane: start,
    assignment: {
      pixel_size_um: 0.5,
      window: { row: 0, col: 0, height: shape.nRows, width: shape.nCols },
    },
  };
}

/** The generator of Lehmer with the constants of Park and Miller (1988): enough for noise. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
