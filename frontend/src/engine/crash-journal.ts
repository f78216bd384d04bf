/**
 * The crash journal: unsaved edits on this machine. Storage may be missing, full or forbidden (a
 * sandboxed frame); nothing here ever throws, and `works` says whether the journal can be relied on.
 */
import type { OutgoingEdit } from "./outgoing";
import type { JournalPort, Scheduler, WireEdit } from "./ports";

/** Opening does not wait longer than this for storage that does not answer. */
const READ_TIMEOUT_MS = 3000;
/** A hidden page has no frames; then this is how long the bytes of a large edit wait. */
const NO_FRAME_MS = 30;

export class CrashJournal {
  private readonly port: JournalPort | null;
  private readonly scheduler: Scheduler;
  private readonly onChange: (works: boolean) => void;
  /** Edits that storage refused; they go with the next ones, so that no gap arises. */
  private waiting: OutgoingEdit[] = [];
  /** Operations run one after the other. */
  private tail: Promise<void> = Promise.resolve();
  private isWorking: boolean;

  constructor(port: JournalPort | null, scheduler: Scheduler, onChange: (works: boolean) => void) {
    this.port = port;
    this.scheduler = scheduler;
    this.onChange = onChange;
    this.isWorking = port !== null;
  }

  get works(): boolean {
    return this.isWorking;
  }

  /** The edits of the last session in order of `seq`; none when storage fails or does not answer. */
  read(): Promise<readonly WireEdit[]> {
    const { port } = this;
    if (port === null) {
      return Promise.resolve([]);
    }
    return new Promise((resolve) => {
      const giveUp = () => {
        this.note(false);
        resolve([]);
      };
      const cancel = this.scheduler.after(READ_TIMEOUT_MS, giveUp);
      attempt(() => port.read()).then((edits) => {
        cancel();
        resolve([...edits].sort((a, b) => a.seq - b.seq));
      }, giveUp);
    });
  }

  /**
   * Keeps an edit. Its write begins in the same task, or when the one before it has ended. An edit of
   * a large part of the image is the exception: its bytes are made after the frame that shows it. A
   * page that dies before (within 16 ms at 60 frames a second, and 10 ms more for the bytes of
   * 200,000 runs; within `NO_FRAME_MS` and these where no frame comes) loses that edit.
   */
  append(edit: OutgoingEdit): void {
    const { port } = this;
    if (port !== null) {
      this.waiting.push(edit);
      this.enqueue(async () => {
        if (edit.isSlow) {
          await this.frameShown();
        }
        // A copy: more edits may come while these are being written.
        const edits = [...this.waiting];
        if (edits.length > 0) {
          await port.append(edits.map((each) => each.toWire()));
          this.waiting = this.waiting.slice(edits.length);
        }
      });
    }
  }

  dropThrough(lastSeq: number): void {
    const { port } = this;
    if (port !== null) {
      this.enqueue(async () => {
        this.waiting = this.waiting.filter((edit) => edit.seq > lastSeq);
        await port.dropThrough(lastSeq);
      });
    }
  }

  /** Settles when everything asked for so far was tried. */
  settled(): Promise<void> {
    return this.tail;
  }

  /** Settles right after the next frame was drawn. */
  private frameShown(): Promise<void> {
    return new Promise((resolve) => {
      const cancelFrame = this.scheduler.onFrame(() => {
        cancelTimer();
        this.scheduler.after(0, resolve);
      });
      const cancelTimer = this.scheduler.after(NO_FRAME_MS, () => {
        cancelFrame();
        resolve();
      });
    });
  }

  private enqueue(operation: () => Promise<void>): void {
    this.tail = this.tail.then(operation).then(
      () => this.note(true),
      () => this.note(false),
    );
  }

  private note(works: boolean): void {
    if (works !== this.isWorking) {
      this.isWorking = works;
      this.onChange(works);
    }
  }
}

/** A throw becomes a rejection. */
async function attempt<T>(run: () => Promise<T>): Promise<T> {
  return run();
}
