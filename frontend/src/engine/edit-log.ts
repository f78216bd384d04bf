/**
 * From diffs to edits and back: numbers them, remembers them for undo, hands them to the autosave
 * and the crash journal, and replays what a crash left unsaved.
 */
import {
  decodeDiff,
  editChecksum,
  encodeDiff,
  fromBase64,
  History,
  type LabelDiff,
  type LabelDocument,
  ModelError,
  REDO,
  toBase64,
  UNDO,
} from "../model";
import { ActiveTime } from "./active-time";
import { CrashJournal } from "./crash-journal";
import type { EditorPorts, WireEdit } from "./ports";
import { SaveQueue } from "./save-queue";
import type { EditEvent, SaveState } from "./types";

export interface EditLogOptions {
  readonly document: LabelDocument;
  readonly lastSeq: number;
  readonly ports: EditorPorts;
  readonly log: readonly WireEdit[];
  readonly historyBytes: number | undefined;
  readonly onSaveState: (state: SaveState) => void;
  readonly onJournal: (works: boolean) => void;
  /** After labels and history changed. */
  readonly onEdit: (event: EditEvent) => void;
}

export class EditLog {
  readonly activeTime: ActiveTime;
  readonly history: History;
  private readonly options: EditLogOptions;
  private readonly queue: SaveQueue;
  private readonly journal: CrashJournal;
  /** Edits of the journal that fit nowhere: kept for the annotator to download. */
  private stranded: readonly WireEdit[] = [];
  nEdits = 0;

  constructor(options: EditLogOptions) {
    const { ports } = options;
    this.options = options;
    this.activeTime = new ActiveTime(ports.clock);
    this.history = new History(options.historyBytes);
    this.journal = new CrashJournal(ports.journal, ports.scheduler, options.onJournal);
    this.queue = new SaveQueue({
      lastSeq: options.lastSeq,
      port: ports.save,
      scheduler: ports.scheduler,
      now: () => ports.clock.now(),
      onSaved: (lastSeq) => this.journal.dropThrough(lastSeq),
      onChange: options.onSaveState,
    });
    for (const edit of options.log) {
      this.history.follow(edit.tool, diffOf(edit));
    }
  }

  get lastSeq(): number {
    return this.queue.lastSeq;
  }

  get saveState(): SaveState {
    return this.queue.state;
  }

  get journalWorks(): boolean {
    return this.journal.works;
  }

  /** Reads the crash journal and makes its edits again. */
  async open(): Promise<void> {
    const edits = await this.journal.read();
    const known = new Map(this.options.log.map((edit) => [edit.seq, edit.checksum]));
    const isForeign = (edit: WireEdit) =>
      known.has(edit.seq) && known.get(edit.seq) !== edit.checksum;
    const unsaved = edits.filter((edit) => edit.seq > this.options.lastSeq);
    if (edits.some(isForeign)) {
      this.strand(edits, "Another session changed this crop while edits of this one were unsaved.");
    } else if (unsaved.length > 0) {
      this.replay(unsaved);
    } else if (edits.length > 0) {
      this.journal.dropThrough(this.options.lastSeq);
    }
  }

  /** A gesture or command came to its end. Without a change nothing is recorded. */
  commit(tool: string, diffs: readonly LabelDiff[]): void {
    if (diffs.length > 0) {
      this.history.push({ tool, diffs });
      this.record(tool, diffs);
    }
  }

  /** Takes back the last step; false when there is none. */
  undo(): boolean {
    return this.applyStep(UNDO, this.history.undo());
  }

  redo(): boolean {
    return this.applyStep(REDO, this.history.redo());
  }

  unsavedEdits(): readonly WireEdit[] {
    return [...this.queue.unsaved(), ...this.stranded];
  }

  flush(): Promise<void> {
    return this.queue.flush();
  }

  retry(): void {
    if (this.stranded.length === 0) {
      this.queue.retry();
    }
  }

  /** Empties the crash journal. */
  async discard(): Promise<void> {
    this.journal.dropThrough(Number.MAX_SAFE_INTEGER);
    await this.journal.settled();
  }

  dispose(): void {
    this.queue.dispose();
  }

  private applyStep(tool: string, diffs: readonly LabelDiff[] | null): boolean {
    if (diffs === null) {
      return false;
    }
    for (const diff of diffs) {
      this.options.document.apply(diff);
    }
    this.record(tool, diffs);
    return true;
  }

  private record(tool: string, diffs: readonly LabelDiff[]): void {
    const { ports } = this.options;
    const client_at = new Date(ports.clock.now()).toISOString();
    for (const diff of diffs) {
      const bytes = encodeDiff(diff);
      const edit: WireEdit = {
        seq: this.queue.lastSeq + 1,
        tool,
        client_at,
        active_s: this.activeTime.take(),
        diff: toBase64(bytes),
        checksum: editChecksum(bytes),
      };
      this.queue.add(edit);
      this.journal.append(edit);
    }
    this.announce(tool, diffs);
  }

  private announce(tool: string, diffs: readonly LabelDiff[]): void {
    this.nEdits += diffs.length;
    this.options.onEdit({ tool, diffs, windows: diffs.map((diff) => diff.window) });
  }

  private replay(edits: readonly WireEdit[]): void {
    for (const [i, edit] of edits.entries()) {
      try {
        this.replayOne(edit);
      } catch (error) {
        if (!(error instanceof ModelError)) {
          throw error;
        }
        this.strand(edits.slice(i), error.message);
        return;
      }
    }
  }

  /** @throws ModelError when the edit does not follow the last one or does not fit the labels. */
  private replayOne(edit: WireEdit): void {
    const expected = this.queue.lastSeq + 1;
    if (edit.seq !== expected) {
      throw new ModelError(
        `The edits kept on this computer begin with ${edit.seq}, but ${expected} must come next.`,
      );
    }
    const diff = diffOf(edit);
    this.options.document.apply(diff);
    this.history.follow(edit.tool, diff);
    this.queue.add(edit);
    this.announce(edit.tool, [diff]);
  }

  private strand(edits: readonly WireEdit[], reason: string): void {
    this.stranded = edits;
    this.queue.stopWith(
      "journal_diverged",
      `${reason} ${edits.length} edits kept on this computer cannot be applied. ` +
        "Download them, then discard them to go on.",
    );
  }
}

function diffOf(edit: WireEdit): LabelDiff {
  return decodeDiff(fromBase64(edit.diff));
}
