/** A crop of many cells for the bench, shown in a canvas, with time in the bench's hand. */
import {
  createEditor,
  type Editor,
  type RendererKind,
  type Scheduler,
  type WireEdit,
} from "../../src/engine";
import { labelImage } from "../../src/model";
import { browserClock, browserScheduler } from "../../src/ui/ports/browser";
import { OperationWorker } from "../../src/ui/ports/operations";
import { startWorker } from "../../src/ui/ports/start-worker";
import { agreeableServer } from "./crop";

const VIEWPORT = { width: 1000, height: 800, pixelRatio: 1 };

/** Frames are drawn when the bench says so, so that their time can be taken. */
class BenchScheduler implements Scheduler {
  private frames = new Set<() => void>();
  readonly after = browserScheduler.after;
  readonly random = browserScheduler.random;

  onFrame(run: () => void): () => void {
    this.frames.add(run);
    return () => this.frames.delete(run);
  }

  drawFrame(): void {
    const frames = [...this.frames];
    this.frames.clear();
    for (const run of frames) {
      run();
    }
  }
}

export type Place = readonly [row: number, col: number];

export interface BenchCrop {
  readonly editor: Editor;
  readonly size: number;
  readonly nAcross: number;
  /** Pixels from one cell to the next. */
  readonly pitch: number;
  /** Every edit that was sent. */
  readonly sent: WireEdit[];
  readonly drawFrame: () => void;
  /** The middle of the i-th of a few cells spread over the crop. */
  readonly cell: (i: number) => Place;
  readonly labelOf: (place: Place) => number;
  readonly close: () => void;
}

/** Round cells on a grid, dark at their rim. */
export async function openBenchCrop(
  size: number,
  nAcross: number,
  renderer: RendererKind,
): Promise<BenchCrop> {
  const pitch = size / nAcross;
  const labels = new Uint32Array(size * size);
  const data = new Uint16Array(size * size);
  for (let at = 0; at < labels.length; at++) {
    const [row, col] = [Math.floor(at / size), at % size];
    const [i, j] = [Math.floor(row / pitch), Math.floor(col / pitch)];
    const away = Math.hypot(row - (i + 0.5) * pitch, col - (j + 0.5) * pitch) / pitch;
    labels[at] = away < 0.45 ? i * nAcross + j + 1 : 0;
    data[at] = 100 + 2000 * Math.max(0, 0.5 - away) + ((at * 7919) % 97);
  }
  const shape = { nFrames: 1, nRows: size, nCols: size };
  const scheduler = new BenchScheduler();
  const sent: WireEdit[] = [];
  const worker = new OperationWorker(async () => startWorker());
  const editor = createEditor({
    image: {
      ...shape,
      channels: [
        { name: "nuclei", role: "nuclear", data: null },
        { name: "membrane", role: "membrane", data: null },
      ],
      pixelSizeUm: null,
    },
    labels: { whole_cell: labelImage(labels, shape) },
    compartments: ["whole_cell"],
    lastSeq: 0,
    ports: {
      save: {
        send: (edits) => {
          sent.push(...edits);
          return agreeableServer.send(edits);
        },
      },
      journal: null,
      clock: browserClock,
      scheduler,
      worker,
    },
  });
  await editor.ready;
  const canvas = document.createElement("canvas");
  document.body.append(canvas);
  const detach = editor.attach(canvas, { ...VIEWPORT, renderer });
  editor.loadChannel(0, data.slice().reverse());
  editor.loadChannel(1, data);
  scheduler.drawFrame();
  const middle = (index: number) => Math.floor((index + 0.5) * pitch);
  return {
    editor,
    size,
    nAcross,
    pitch,
    sent,
    drawFrame: () => scheduler.drawFrame(),
    cell: (i) => [middle(5 + ((i * 7) % (nAcross - 10))), middle(5 + ((i * 13) % (nAcross - 10)))],
    labelOf: ([row, col]) => Math.floor(row / pitch) * nAcross + Math.floor(col / pitch) + 1,
    close: () => {
      detach();
      canvas.remove();
      editor.dispose();
      worker.dispose();
    },
  };
}
