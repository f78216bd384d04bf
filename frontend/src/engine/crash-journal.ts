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

type Taker = (edits: readonly WireEdit[]) => void;

export class CrashJournal {
  private readonly port: JournalPort | null;
  private readonly scheduler: Scheduler;
  private readonly onChange: (works: boolean) => void;
  /** Edits that storage refused; they go with the next ones, so that no gap arises. */
  private waiting: OutgoingEdit[] = [];
  private hasRefused = false;
  /** Operations run one after the other. */
  private tail: Promise<void> = Promise.resolve();
  private isWorking: boolean;
  /**
   * Until it has been read, nothing is written and nothing dropped: edits of this visit have the
   * numbers of those that a former one left behind.
   */
  private isRead = false;
  /** What it holds stays, and nothing comes to it. */
  private isKept = false;
  private take: Taker = () => undefined;

  constructor(port: JournalPort | null, scheduler: Scheduler, onChange: (works: boolean) => void) {
    this.port = port;
    this.scheduler = scheduler;
    this.onChange = onChange;
    this.isWorking = port !== null;
  }

  get works(): boolean {
    return this.isWorking;
  }

  /**
   * The edits of the last session in order of `seq`; none when storage fails or does not answer. Then
   * it is asked again before anything is written, and `onLate` is told once it has answered.
   */
  read(onLate: Taker): Promise<readonly WireEdit[]> {
    if (this.port === null) {
      return Promise.resolve([]);
    }
    return new Promise((resolve) => {
      const giveUp = () => {
        cancel();
        this.take = onLate;
        this.note(false);
        resolve([]);
      };
      const cancel = this.scheduler.after(READ_TIMEOUT_MS, giveUp);
      this.take = (edits) => {
        cancel();
        resolve(edits);
      };
      this.enqueue(async () => undefined);
      void this.tail.then(() => {
        if (!this.isRead) {
          giveUp();
        }
      });
    });
  }

  /**
   * Keeps an edit. Its write begins in the same task, or when the one before it has ended. An edit of
   * a large part of the image is the exception: its bytes are made after the frame that shows it. A
   * page that dies before (within 16 ms at 60 frames a second, and 10 ms more for the bytes of
   * 200,000 runs; within `NO_FRAME_MS` and these where no frame comes) loses that edit.
   */
  append(edit: OutgoingEdit): void {
    if (this.port !== null) {
      this.waiting.push(edit);
      this.enqueue(async (port) => {
        if (edit.isSlow) {
          await this.frameShown();
        }
        await this.write(port);
      });
    }
  }

  dropThrough(lastSeq: number): void {
    this.enqueue(async (port) => {
      this.waiting = this.waiting.filter((edit) => edit.seq > lastSeq);
      if (!this.isKept) {
        await port.dropThrough(lastSeq);
      }
      if (this.hasRefused) {
        await this.write(port);
      }
    });
  }

  /** From now on it stays as it is: it holds edits that could not be made again here. */
  keep(): void {
    this.isKept = true;
  }

  /** Drops all of it, but for what nobody has seen because storage did not answer. */
  async clear(): Promise<void> {
    this.waiting = [];
    if (this.isRead) {
      this.enqueue((port) => port.dropThrough(Number.MAX_SAFE_INTEGER));
      await this.tail;
    }
  }

  private async write(port: JournalPort): Promise<void> {
    // A copy: more edits may come while these are being written.
    const edits = [...this.waiting];
    if (edits.length === 0 || this.isKept) {
      return;
    }
    this.hasRefused = true;
    await port.append(edits.map((each) => each.toWire()));
    this.waiting = this.waiting.slice(edits.length);
    this.hasRefused = false;
  }

  private async readFirst(port: JournalPort): Promise<void> {
    if (!this.isRead) {
      const edits = [...(await port.read())].sort((a, b) => a.seq - b.seq);
      this.isRead = true;
      this.take(edits);
    }
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

  private enqueue(operation: (port: JournalPort) => Promise<void>): void {
    const { port } = this;
    if (port === null) {
      return;
    }
    const run = async () => {
      await this.readFirst(port);
      await operation(port);
    };
    this.tail = this.tail.then(run).then(
      () => this.note(!this.isKept || this.waiting.length === 0),
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
