/**
 * Autosave. Edits go to the server in order, at most 500 at a time, one batch under way at a time.
 * When the server does not answer it is asked again for ever, with growing pauses; when it
 * disagrees, sending stops and every edit is kept.
 */
import type { OutgoingEdit } from "./outgoing";
import type { Cancel, SavePort, Scheduler, SendOutcome, WireEdit } from "./ports";
import type { SaveState } from "./snapshot";

const MAX_BATCH_EDITS = 500;
/** A batch beyond this many letters of base64 is cut, as long as one edit remains. */
const MAX_BATCH_LETTERS = 4 * 2 ** 20;
/** Gestures that follow each other quickly travel together. */
const GATHER_MS = 250;
const REPLY_TIMEOUT_MS = 60_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;

/** Saving now is not possible; `state` says why. The edits are kept. */
export class SaveError extends Error {
  override name = "SaveError";
  readonly state: SaveState;

  constructor(state: SaveState) {
    super("message" in state ? state.message : "The edits could not be saved.");
    this.state = state;
  }
}

export interface SaveQueueOptions {
  /** The last edit that the server holds. */
  readonly lastSeq: number;
  readonly port: SavePort;
  readonly scheduler: Scheduler;
  readonly now: () => number;
  readonly onSaved: (lastSeq: number) => void;
  readonly onChange: (state: SaveState) => void;
}

interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: SaveError) => void;
}

type Stop = Extract<SaveState, { kind: "conflict" | "closed" }>;
type Pause = { readonly retryAt: number; readonly message: string };

export class SaveQueue {
  private readonly options: SaveQueueOptions;
  /** Every edit of this session: the server may have lost one that it once acknowledged. */
  private readonly edits: OutgoingEdit[] = [];
  private readonly baseSeq: number;
  private savedSeq: number;
  private stop: Stop | null = null;
  private pause: Pause | null = null;
  private nFailures = 0;
  /** The request under way; a reply to an earlier one is not listened to. */
  private request = 0;
  private isSending = false;
  private timer: Cancel | null = null;
  private waiters: Waiter[] = [];
  private current: SaveState = { kind: "saved" };

  constructor(options: SaveQueueOptions) {
    this.options = options;
    this.baseSeq = options.lastSeq;
    this.savedSeq = options.lastSeq;
  }

  get state(): SaveState {
    return this.current;
  }

  /** `seq` of the last edit made. */
  get lastSeq(): number {
    return this.baseSeq + this.edits.length;
  }

  unsaved(): readonly WireEdit[] {
    return this.edits.slice(this.savedSeq - this.baseSeq).map((edit) => edit.toWire());
  }

  /** Takes the next edit; its `seq` must be `lastSeq + 1`. */
  add(edit: OutgoingEdit): void {
    this.edits.push(edit);
    this.show();
    if (this.stop === null && this.pause === null && !this.isSending && this.timer === null) {
      this.wait(GATHER_MS);
    }
  }

  /** Stops sending because the edits cannot be the server's continuation. */
  stopWith(code: string, message: string): void {
    this.halt({ kind: "conflict", nUnsaved: 0, code, message });
  }

  /** Tries at once, also after the server disagreed. */
  retry(): void {
    this.stop = null;
    this.nFailures = 0;
    if (!this.isSending) {
      this.send();
    }
  }

  /** Settles when everything made so far is saved. */
  flush(): Promise<void> {
    if (this.stop !== null) {
      return Promise.reject(new SaveError(this.current));
    }
    if (this.savedSeq >= this.lastSeq) {
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.waiters.push({ seq: this.lastSeq, resolve, reject });
      if (!this.isSending) {
        this.send();
      }
    });
  }

  dispose(): void {
    this.clearTimer();
    this.request++;
    this.rejectWaiters();
  }

  private send(): void {
    this.clearTimer();
    this.pause = null;
    const batch = this.nextBatch();
    if (batch.length === 0) {
      this.show();
      return;
    }
    this.isSending = true;
    this.request++;
    const request = this.request;
    this.show();
    this.timer = this.options.scheduler.after(REPLY_TIMEOUT_MS, () =>
      this.settle(request, { kind: "unreachable", message: "The server does not answer." }),
    );
    void sendSafely(this.options.port, batch).then((outcome) => this.settle(request, outcome));
  }

  private nextBatch(): WireEdit[] {
    const batch: WireEdit[] = [];
    let letters = 0;
    for (let i = this.savedSeq - this.baseSeq; i < this.edits.length; i++) {
      letters += this.edits[i].letters;
      if (batch.length === MAX_BATCH_EDITS || (batch.length > 0 && letters > MAX_BATCH_LETTERS)) {
        break;
      }
      batch.push(this.edits[i].toWire());
    }
    return batch;
  }

  private settle(request: number, outcome: SendOutcome): void {
    if (request !== this.request) {
      return;
    }
    this.request++;
    this.clearTimer();
    this.isSending = false;
    if (outcome.kind === "saved") {
      this.moveTo(outcome.lastSeq, "The server did not take the edits.");
    } else if (this.stop !== null) {
      this.show();
    } else if (outcome.kind === "unreachable") {
      this.backOff(outcome.message);
    } else {
      this.refused(outcome);
    }
  }

  private refused(outcome: Extract<SendOutcome, { kind: "refused" | "rejected" }>): void {
    const { code, message } = outcome;
    if (code === "assignment_closed") {
      this.halt({ kind: "closed", nUnsaved: 0, message });
    } else if (code === "gap" && outcome.kind === "refused" && outcome.lastSeq !== null) {
      this.moveTo(outcome.lastSeq, message);
    } else {
      this.halt({ kind: "conflict", nUnsaved: 0, code, message });
    }
  }

  /** The server holds the edits up to `lastSeq`; goes on from there. */
  private moveTo(lastSeq: number, complaint: string): void {
    if (!(lastSeq >= this.baseSeq && lastSeq <= this.lastSeq)) {
      this.halt({
        kind: "conflict",
        nUnsaved: 0,
        code: "foreign_edits",
        message:
          `The server's last edit is ${lastSeq}, but this page knows ${this.baseSeq} to ` +
          `${this.lastSeq}. Was the crop opened elsewhere? Load it again.`,
      });
      return;
    }
    const isProgress = lastSeq > this.savedSeq;
    this.savedSeq = lastSeq;
    this.resolveWaiters();
    if (isProgress) {
      this.nFailures = 0;
      this.options.onSaved(lastSeq);
    }
    if (this.stop !== null) {
      // The batch was under way when sending stopped.
      this.show();
    } else if (isProgress) {
      this.send();
    } else {
      this.backOff(complaint);
    }
  }

  private backOff(message: string): void {
    this.nFailures++;
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.nFailures - 1));
    const delayMs = longest * (0.5 + this.options.scheduler.random() / 2);
    this.pause = { retryAt: this.options.now() + delayMs, message };
    this.wait(delayMs);
    this.show();
    this.rejectWaiters();
  }

  private halt(stop: Stop): void {
    this.clearTimer();
    this.pause = null;
    this.stop = stop;
    this.show();
    this.rejectWaiters();
  }

  private wait(delayMs: number): void {
    this.timer = this.options.scheduler.after(delayMs, () => {
      this.timer = null;
      this.send();
    });
  }

  private clearTimer(): void {
    this.timer?.();
    this.timer = null;
  }

  private resolveWaiters(): void {
    const isDone = (waiter: Waiter) => waiter.seq <= this.savedSeq;
    const done = this.waiters.filter(isDone);
    this.waiters = this.waiters.filter((waiter) => !isDone(waiter));
    for (const waiter of done) {
      waiter.resolve();
    }
  }

  private rejectWaiters(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      waiter.reject(new SaveError(this.current));
    }
  }

  private show(): void {
    this.current = this.describe(this.lastSeq - this.savedSeq);
    this.options.onChange(this.current);
  }

  private describe(nUnsaved: number): SaveState {
    if (this.stop !== null) {
      return { ...this.stop, nUnsaved };
    }
    if (nUnsaved === 0) {
      return { kind: "saved" };
    }
    return this.pause === null
      ? { kind: "saving", nUnsaved }
      : { kind: "offline", nUnsaved, ...this.pause };
  }
}

async function sendSafely(port: SavePort, batch: readonly WireEdit[]): Promise<SendOutcome> {
  try {
    return await port.send(batch);
  } catch (error) {
    const message = error instanceof Error ? error.message : "The server cannot be reached.";
    return { kind: "unreachable", message };
  }
}
