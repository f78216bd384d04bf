/**
 * Runs operations of the model on the labels and makes each one undo step. Heavy ones go to a
 * worker, if there is one; what comes back is applied only when the pixels that it was computed
 * from are still the same, else it is computed again.
 */
import {
  cropLabels,
  type LabelDiff,
  type LabelDocument,
  type OperationArgs,
  type OperationJob,
  type OperationName,
  type OperationPatch,
  type PixelWindow,
  type PlacedPatch,
  type PlaneName,
  runOperation,
  shiftPatch,
} from "../model";
import type { MarkEntry } from "./mark-follow";
import { FAILED, NOTICES, STALE } from "./notices";
import type { WorkerPort } from "./ports";

/** Operations that take long on any window. */
const HEAVY: ReadonlySet<OperationName> = new Set(["autofit", "watershed"]);
/** Its window may be the whole plane, but it looks only at what it fills. */
const LOCAL: ReadonlySet<OperationName> = new Set(["flood"]);
/** Any other is heavy on a window of this many pixels. */
const HEAVY_AREA_PX = 1024 * 1024;
const MAX_TRIES = 3;

export interface OperationRequest<K extends OperationName = OperationName> {
  readonly op: K;
  /** The plane that changes. */
  readonly plane: PlaneName;
  /** The part of it that the operation sees. */
  readonly window: PixelWindow;
  /** What else it needs; places are relative to the window. */
  readonly args: OperationArgs<K>;
}

export interface OperatorOptions {
  readonly document: LabelDocument;
  readonly worker: WorkerPort | null;
  readonly commit: (
    tool: string,
    diffs: readonly LabelDiff[],
    marks?: readonly MarkEntry[],
  ) => void;
  readonly isEditable: () => boolean;
  readonly onBusy: (tool: string | null) => void;
  readonly onNotice: (notice: string | null) => void;
  /** A result came after its command had returned. */
  readonly onLate: (apply: () => void) => void;
}

interface Pending {
  readonly tool: string;
  readonly request: OperationRequest;
  readonly before: Uint32Array;
  readonly onDone: (() => void) | undefined;
  readonly patch: OperationPatch | null;
  readonly nTries: number;
}

export class Operator {
  private readonly options: OperatorOptions;
  /** What waits for the end of a gesture. */
  private parked: (() => void)[] = [];
  private waiters: (() => void)[] = [];
  private nRunning = 0;

  constructor(options: OperatorOptions) {
    this.options = options;
  }

  /**
   * Runs one operation as one undo step. `onDone` is called when it changed something, maybe
   * later. False when it is known to have changed nothing.
   */
  run<K extends OperationName>(
    tool: string,
    request: OperationRequest<K>,
    onDone?: () => void,
  ): boolean {
    const { worker, isEditable } = this.options;
    if (worker !== null && isHeavy(request) && isEditable()) {
      this.send(worker, {
        tool,
        request: request as unknown as OperationRequest,
        onDone,
        nTries: 1,
      });
      return true;
    }
    const isChanged = this.runAll(tool, [request as unknown as OperationRequest]);
    if (isChanged) {
      onDone?.();
    }
    return isChanged;
  }

  /** Runs operations, each on a plane of its own, as one undo step; its marks change with it. */
  runAll(
    tool: string,
    requests: readonly OperationRequest[],
    marks: readonly MarkEntry[] = [],
  ): boolean {
    const placed: PlacedPatch[] = [];
    if (!this.options.isEditable()) {
      return false;
    }
    for (const request of requests) {
      const patch = runOperation(this.jobOf(request));
      if (patch !== null) {
        placed.push({ plane: request.plane, patch: shiftPatch(patch, request.window) });
      }
    }
    const op = requests[0]?.op;
    this.options.onNotice(placed.length === 0 && op !== undefined ? NOTICES[op] : null);
    this.apply(tool, placed, marks);
    return placed.length > 0;
  }

  /** Does something that changes pixels now, or when the gesture under way has ended. */
  whenFree(act: () => void): void {
    if (this.options.document.isInGesture) {
      this.parked.push(act);
    } else {
      this.options.onLate(act);
    }
  }

  /** A gesture ended: what waited for it happens. */
  settle(): void {
    if (this.parked.length > 0 && !this.options.document.isInGesture) {
      const waiting = this.parked;
      this.parked = [];
      for (const act of waiting) {
        act();
      }
    }
  }

  private jobOf({ op, plane, window, args }: OperationRequest): OperationJob {
    const { document } = this.options;
    const { nRows, nCols } = document.shape;
    const labels = document.plane(plane);
    const isWhole = window.height === nRows && window.width === nCols;
    const part = isWhole ? labels : cropLabels({ nRows, nCols, labels }, window);
    return { op, plane: { nRows: window.height, nCols: window.width, labels: part }, args };
  }

  private send(worker: WorkerPort, asked: Omit<Pending, "before" | "patch">): void {
    const { request } = asked;
    const job = this.jobOf(request);
    const before = job.plane.labels.slice();
    this.nRunning++;
    this.options.onBusy(asked.tool);
    this.options.onNotice(null);
    const compute = async () => {
      try {
        return await worker.run(request.op, { ...job, plane: { ...job.plane, labels: before } });
      } catch {
        // A worker that cannot work is no reason to lose the edit.
        return runOperation({ ...job, plane: { ...job.plane, labels: before } });
      }
    };
    const end = (act: () => void) => {
      this.nRunning--;
      this.whenFree(() => {
        act();
        this.releaseWaiters();
      });
    };
    compute().then(
      (patch) => end(() => this.deliver({ ...asked, before, patch })),
      () =>
        end(() => {
          this.showBusy();
          this.options.onNotice(FAILED);
        }),
    );
  }

  /** Settles when nothing is being computed and what was computed is in the labels. */
  idle(): Promise<void> {
    return this.isBusy ? new Promise((resolve) => this.waiters.push(resolve)) : Promise.resolve();
  }

  get isBusy(): boolean {
    return this.nRunning > 0 || this.parked.length > 0;
  }

  private releaseWaiters(): void {
    if (!this.isBusy) {
      const waiters = this.waiters;
      this.waiters = [];
      for (const resolve of waiters) {
        resolve();
      }
    }
  }

  private deliver(pending: Pending): void {
    const { isEditable, onNotice } = this.options;
    const { tool, request, patch, onDone } = pending;
    if (!isEditable()) {
      this.showBusy();
    } else if (!this.isUnchanged(pending)) {
      this.again(pending);
    } else {
      this.showBusy();
      onNotice(patch === null ? NOTICES[request.op] : null);
      if (patch !== null) {
        this.apply(tool, [{ plane: request.plane, patch: shiftPatch(patch, request.window) }]);
        onDone?.();
      }
    }
  }

  private again(pending: Pending): void {
    const { worker, onNotice } = this.options;
    if (worker === null || pending.nTries >= MAX_TRIES) {
      this.showBusy();
      onNotice(STALE);
    } else {
      this.send(worker, { ...pending, nTries: pending.nTries + 1 });
    }
  }

  private showBusy(): void {
    if (!this.isBusy) {
      this.options.onBusy(null);
    }
  }

  private isUnchanged({ request, before }: Pending): boolean {
    const { labels } = this.jobOf(request).plane;
    for (let i = 0; i < before.length; i++) {
      if (labels[i] !== before[i]) {
        return false;
      }
    }
    return true;
  }

  private apply(
    tool: string,
    placed: readonly PlacedPatch[],
    marks: readonly MarkEntry[] = [],
  ): void {
    if (placed.length === 0) {
      return;
    }
    this.options.commit(tool, this.options.document.paste(placed), marks);
  }
}

function isHeavy({ op, window }: OperationRequest<OperationName>): boolean {
  const isLarge = window.height * window.width >= HEAVY_AREA_PX;
  return HEAVY.has(op) || (isLarge && !LOCAL.has(op));
}
