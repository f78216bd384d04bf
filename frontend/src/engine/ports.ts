/**
 * Where the outside world begins. The engine calls nothing of the browser but its canvas: time,
 * frames, chance, storage and the server reach it through these ports, so that a test can hold
 * each of them in its hand.
 */

import type { OperationJob, OperationName, OperationPatch, PixelWindow, PlaneName } from "../model";

/** One edit as `POST /assignments/{id}/edits` takes it. */
export interface WireEdit {
  readonly seq: number;
  readonly tool: string;
  /** UTC, ISO 8601. */
  readonly client_at: string;
  readonly active_s: number;
  /** The label diff in base64; "" when no pixel changes. */
  readonly diff: string;
  /** The changes of marks as a text; absent or "" when there are none. */
  readonly marks?: string;
  /** CRC-32 of the bytes of the diff, then of the marks. */
  readonly checksum: number;
}

/**
 * What became of a batch.
 *
 * - `saved`: the server holds every edit up to `lastSeq`.
 * - `refused`: any 409. `code` is the server's: `gap`, `diverged`, `assignment_closed`, ...
 * - `rejected`: any other 4xx (422, 403): sending the same again cannot help.
 * - `unreachable`: no answer, 5xx, 429, 401: sending the same again may help. A rejected promise
 *   counts as this too.
 */
export type SendOutcome =
  | { readonly kind: "saved"; readonly lastSeq: number }
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly message: string;
      readonly lastSeq: number | null;
    }
  | { readonly kind: "rejected"; readonly code: string; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

export interface SavePort {
  /** Sends at most 500 edits, in order. */
  send(edits: readonly WireEdit[]): Promise<SendOutcome>;
}

/** The crash journal of one assignment in one browser. Every method may reject or throw. */
export interface JournalPort {
  read(): Promise<readonly WireEdit[]>;
  append(edits: readonly WireEdit[]): Promise<void>;
  /** Forgets the edits with `seq` up to and with `lastSeq`. */
  dropThrough(lastSeq: number): Promise<void>;
}

/** Milliseconds since 1970, UTC. It may jump; nothing in the engine breaks when it does. */
export interface Clock {
  now(): number;
}

/** Undoes what a scheduler promised. */
export type Cancel = () => void;

export interface Scheduler {
  /** Calls once before the next frame is shown. */
  onFrame(run: () => void): Cancel;
  /** Calls once after a delay. */
  after(delayMs: number, run: () => void): Cancel;
  /** A number in [0, 1), for the jitter of the back-off. */
  random(): number;
}

/** Runs an operation elsewhere: `runOperation({op, plane, args})` of the model in a worker. */
export interface WorkerPort {
  /** May reject; the editor then computes by itself. The arrays of the job stay the editor's. */
  run(op: OperationName, job: OperationJob): Promise<OperationPatch | null>;
}

export interface PredictionRequest extends PlaneName {
  readonly window: PixelWindow;
}

export type PredictionOutcome =
  | { readonly kind: "done"; readonly labels: Uint32Array }
  | { readonly kind: "failed"; readonly message: string };

/** Asks the server's predictor for the labels of a box. */
export interface PredictorPort {
  /** Never rejects; `isCancelled` is asked between attempts, and then any outcome will do. */
  predict(request: PredictionRequest, isCancelled: () => boolean): Promise<PredictionOutcome>;
}

export interface EditorPorts {
  readonly save: SavePort;
  readonly journal: JournalPort | null;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Without one, heavy operations run where everything else does. */
  readonly worker?: WorkerPort | null;
  readonly predictor?: PredictorPort | null;
}
