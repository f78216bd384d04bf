/** Takes the time of pointer events and tools in a real browser: script, upload and drawing calls. */
import type { Editor, RendererKind } from "../../src/engine";
import { decodeDiff, fromBase64 } from "../../src/model";
import { ACTS, type Act, drag } from "./bench-acts";
import { type BenchCrop, openBenchCrop, type Place } from "./bench-crop";

const N_STROKES = 3;
const N_EVENTS = 200;
const N_REPEATS = 11;

export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "B";
}

let crop: BenchCrop | null = null;

export async function runBench(
  size: number,
  nAcross: number,
  renderer: RendererKind,
): Promise<BenchRow[]> {
  crop = await openBenchCrop(size, nAcross, renderer);
  const rows: BenchRow[] = [];
  for (const radius of [5, 50]) {
    // The best of several strokes: what other programs of the machine take is not the editor's.
    const strokes: number[] = [];
    for (let i = 0; i < N_STROKES; i++) {
      strokes.push(await brushEvents(crop, radius));
    }
    const ms = Math.min(...strokes);
    rows.push({ what: `pointer event, brush of radius ${radius} (99 %)`, value: ms, unit: "ms" });
  }
  for (const act of ACTS) {
    rows.push(...(await timed(crop, act)));
    if (act.name.startsWith("brush")) {
      rows.push({ what: "sent per brush stroke", value: await bytesPerStroke(crop), unit: "B" });
    }
  }
  return rows;
}

/** The edits of the last strokes as they travel, in JSON. */
async function bytesPerStroke({ editor, sent }: BenchCrop): Promise<number> {
  await editor.flush();
  const strokes = sent.filter(({ tool }) => tool === "brush").slice(-N_REPEATS);
  return median(strokes.map((edit) => JSON.stringify(edit).length));
}

/** Strokes for the measure of memory; answers how many pixels they changed. */
export async function paintStrokes(count: number): Promise<number> {
  const { editor, cell, sent } = open();
  const before = sent.length;
  editor.setTool("brush");
  editor.setBrushRadius(5);
  editor.setWriteMode("overwrite");
  for (let i = 0; i < count; i++) {
    const [row, col] = cell(i);
    editor.run("label.new");
    drag(
      editor,
      Array.from({ length: 20 }, (_, k): Place => [row + (k % 5), col + k]),
    );
  }
  await editor.flush();
  return sent
    .slice(before)
    .map(({ diff }) => decodeDiff(fromBase64(diff)))
    .reduce(
      (sum, { runs }) => sum + runs.filter((_, i) => i % 4 === 1).reduce((a, b) => a + b, 0),
      0,
    );
}

export function closeBench(): void {
  open().close();
  crop = null;
}

function open(): BenchCrop {
  if (crop === null) {
    throw new Error("Run the bench first.");
  }
  return crop;
}

/** What 99 of 100 events of a long stroke take, from the event to the calls that draw its frame. */
async function brushEvents(
  { editor, size, drawFrame }: BenchCrop,
  radius: number,
): Promise<number> {
  const all: number[] = [];
  editor.run("label.new");
  editor.setTool("brush");
  editor.setBrushRadius(radius);
  editor.setWriteMode("overwrite");
  editor.setCamera({ zoom: 1, left: size / 4, top: size / 4 });
  move(editor, "pointer_down", 0);
  for (let k = 0; k < N_EVENTS; k++) {
    const start = performance.now();
    move(editor, "pointer_move", k);
    drawFrame();
    all.push(performance.now() - start);
    if (k % 4 === 0) {
      await nextFrame();
    }
  }
  move(editor, "pointer_up", N_EVENTS - 1);
  editor.run("history.undo");
  drawFrame();
  return all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)];
}

function move(
  editor: Editor,
  type: "pointer_down" | "pointer_move" | "pointer_up",
  k: number,
): void {
  const along = k % N_EVENTS;
  editor.dispatch({
    type,
    x: 100 + along * 2,
    y: 400 + ((k * 13) % 64),
    button: 0,
    buttons: type === "pointer_up" ? 0 : 1,
  });
}

/** The time of an act, from the first event to the drawn frame, and that of its undo. */
async function timed(crop: BenchCrop, { name, prepare, act, cleanUp }: Act): Promise<BenchRow[]> {
  const { editor, drawFrame } = crop;
  const forth: number[] = [];
  const back: number[] = [];
  for (let i = 0; i < N_REPEATS; i++) {
    const cell = crop.cell(i);
    editor.setCamera({ zoom: 1, left: cell[1] - 500, top: cell[0] - 400 });
    prepare?.(crop, cell);
    drawFrame();
    await nextFrame();
    const seq = editor.lastSeq();
    const start = performance.now();
    act(crop, cell);
    await settled(editor);
    drawFrame();
    const ms = performance.now() - start;
    await nextFrame();
    if (editor.lastSeq() === seq) {
      // An outline that fits already, for one: the time of doing nothing is not counted.
      continue;
    }
    forth.push(ms);
    const undone = performance.now();
    editor.run("history.undo");
    drawFrame();
    back.push(performance.now() - undone);
    cleanUp?.(crop);
    await nextFrame();
  }
  if (forth.length < N_REPEATS / 2) {
    throw new Error(`${name} changed something only ${forth.length} times of ${N_REPEATS}.`);
  }
  return [
    { what: name, value: median(forth.slice(1)), unit: "ms" },
    { what: `undo of ${name}`, value: median(back.slice(1)), unit: "ms" },
  ];
}

/** Settles at once when nothing is being computed, else when the worker has answered. */
function settled({ state }: Editor): Promise<void> {
  const isIdle = () => state.getSnapshot().work.busy === null;
  return new Promise((done) => {
    if (isIdle()) {
      done();
      return;
    }
    const stop = state.subscribe(() => {
      if (isIdle()) {
        stop();
        done();
      }
    });
  });
}

function nextFrame(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => done()));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
