/** Plays gestures on an editor without a browser: time, frames, chance and storage are in the test's hand. */
import {
  createEditor,
  type Editor,
  type EditorOptions,
  type EditorPreferences,
  type JournalPort,
  type PredictorPort,
  type SavePort,
  type Scheduler,
  type ToolId,
  type WireEdit,
  type WorkerPort,
} from "../../src/engine";
import { toScreen } from "../../src/engine/camera";
import {
  COMPARTMENTS,
  type Compartment,
  type LabelSet,
  labelImage,
  type StackShape,
} from "../../src/model";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock and a scheduler whose time passes only when the test says so. */
export class TestTime implements Scheduler {
  private time = Date.UTC(2030, 0, 1);
  private timers = new Set<Timer>();
  private frames = new Set<() => void>();
  /** What `random()` answers. */
  chance = 0.5;

  now(): number {
    return this.time;
  }

  /** Sets the clock without letting timers know. */
  jump(deltaMs: number): void {
    this.time += deltaMs;
    this.timers = new Set([...this.timers].map(({ at, run }) => ({ at: at + deltaMs, run })));
  }

  onFrame(run: () => void): () => void {
    this.frames.add(run);
    return () => this.frames.delete(run);
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.time + delayMs, run };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  random(): number {
    return this.chance;
  }

  get nTimers(): number {
    return this.timers.size;
  }

  get nFrames(): number {
    return this.frames.size;
  }

  drawFrame(): void {
    const frames = [...this.frames];
    this.frames.clear();
    for (const run of frames) {
      run();
    }
  }

  /** Lets time pass, firing what falls due, with the promises in between. */
  async pass(deltaMs: number): Promise<void> {
    const end = this.time + deltaMs;
    await settle();
    for (let timer = this.nextBefore(end); timer; timer = this.nextBefore(end)) {
      this.time = Math.max(this.time, timer.at);
      this.timers.delete(timer);
      timer.run();
      await settle();
    }
    this.time = end;
  }

  private nextBefore(end: number): Timer | undefined {
    return [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets promises that are ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await Promise.resolve();
  }
}

/** A crash journal in memory that fails when told to. */
export class TestJournal implements JournalPort {
  edits: WireEdit[];
  isBroken = false;

  constructor(edits: readonly WireEdit[] = []) {
    this.edits = [...edits];
  }

  async read(): Promise<readonly WireEdit[]> {
    this.check();
    return this.edits;
  }

  async append(edits: readonly WireEdit[]): Promise<void> {
    this.check();
    this.edits.push(...edits);
  }

  async dropThrough(lastSeq: number): Promise<void> {
    this.check();
    this.edits = this.edits.filter(({ seq }) => seq > lastSeq);
  }

  private check(): void {
    if (this.isBroken) {
      throw new Error("Storage is forbidden here.");
    }
  }
}

/** A server that takes everything. */
export class AgreeableServer implements SavePort {
  readonly edits: WireEdit[] = [];

  async send(edits: readonly WireEdit[]) {
    this.edits.push(...edits);
    return { kind: "saved", lastSeq: this.edits[this.edits.length - 1].seq } as const;
  }
}

export interface TestEditorOptions {
  readonly shape?: StackShape;
  readonly labels?: LabelSet;
  readonly lastSeq?: number;
  readonly log?: readonly WireEdit[];
  readonly save?: SavePort;
  readonly journal?: JournalPort | null;
  readonly time?: TestTime;
  readonly options?: Partial<EditorPreferences>;
  readonly channels?: EditorOptions["image"]["channels"];
  readonly worker?: WorkerPort | null;
  readonly predictor?: PredictorPort | null;
  readonly marks?: EditorOptions["marks"];
  readonly cellTypes?: EditorOptions["cellTypes"];
  readonly confidences?: EditorOptions["confidences"];
}

const DEFAULT_SHAPE: StackShape = { nFrames: 2, nRows: 60, nCols: 80 };

export class TestEditor {
  readonly time: TestTime;
  readonly labels: LabelSet;
  readonly shape: StackShape;
  readonly editor: Editor;

  constructor(options: TestEditorOptions = {}) {
    this.shape = options.shape ?? DEFAULT_SHAPE;
    this.time = options.time ?? new TestTime();
    this.labels = options.labels ?? emptyLabels(this.shape);
    this.editor = createEditor({
      image: { ...this.shape, channels: options.channels ?? [], pixelSizeUm: 0.5 },
      labels: this.labels,
      compartments: COMPARTMENTS.filter((name) => this.labels[name] !== undefined),
      lastSeq: options.lastSeq ?? 0,
      log: options.log,
      marks: options.marks,
      cellTypes: options.cellTypes,
      confidences: options.confidences,
      options: options.options,
      ports: {
        save: options.save ?? new AgreeableServer(),
        journal: options.journal === undefined ? new TestJournal() : options.journal,
        clock: this.time,
        scheduler: this.time,
        worker: options.worker,
        predictor: options.predictor,
      },
    });
  }

  /** An editor that has read its journal, with one image pixel per screen pixel from the corner. */
  static async open(options: TestEditorOptions = {}): Promise<TestEditor> {
    const test = new TestEditor(options);
    await test.editor.ready;
    test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
    return test;
  }

  get snapshot() {
    return this.editor.state.getSnapshot();
  }

  use(tool: ToolId, radiusPx = 1): this {
    this.editor.setTool(tool);
    this.editor.setBrushRadius(radiusPx);
    return this;
  }

  /** Moves the pointer to the middle of a pixel. */
  pointer(
    type: "pointer_down" | "pointer_move" | "pointer_up" | "pointer_cancel" | "pointer_leave",
    [row, col]: readonly [number, number],
    more: object = {},
  ): this {
    const place = toScreen(this.snapshot.camera, { x: col + 0.5, y: row + 0.5 });
    const buttons = type === "pointer_up" ? 0 : 1;
    this.editor.dispatch({ type, ...place, pointerId: 1, button: 0, buttons, ...more });
    return this;
  }

  /** Presses, moves and releases. */
  drag(places: readonly (readonly [number, number])[], more: object = {}): this {
    this.pointer("pointer_down", places[0], more);
    for (const place of places.slice(1)) {
      this.pointer("pointer_move", place, more);
    }
    return this.pointer("pointer_up", places[places.length - 1], more);
  }

  click(place: readonly [number, number], more: object = {}): this {
    return this.drag([place], more);
  }

  command(id: string): this {
    this.editor.dispatch({ type: "command", id });
    return this;
  }

  data(compartment: Compartment = "whole_cell"): Uint32Array {
    const image = this.labels[compartment];
    if (image === undefined) {
      throw new Error(`This test has no labels of ${compartment}.`);
    }
    return image.data;
  }

  labelAt(row: number, col: number, compartment: Compartment = "whole_cell", frame = 0): number {
    const { nRows, nCols } = this.shape;
    return this.data(compartment)[(frame * nRows + row) * nCols + col];
  }

  /** Pixels that hold a label. */
  area(label: number, compartment: Compartment = "whole_cell"): number {
    return this.data(compartment).filter((other) => other === label).length;
  }
}

export function emptyLabels(shape: StackShape): LabelSet {
  const size = shape.nFrames * shape.nRows * shape.nCols;
  return {
    whole_cell: labelImage(new Uint32Array(size), shape),
    nuclear: labelImage(new Uint32Array(size), shape),
  };
}

export function copyLabels(labels: LabelSet): LabelSet {
  return Object.fromEntries(
    Object.entries(labels).map(([name, image]) => [name, labelImage(image.data.slice(), image)]),
  );
}
