/**
 * From changes to edits and back: numbers them, remembers them for undo, hands them to the autosave
 * and the crash journal, and replays what a crash left unsaved.
 */
import {
  type Change,
  History,
  type LabelDiff,
  type LabelDocument,
  type MarkBook,
  type MarkChange,
  ModelError,
  REDO,
  reverseMarks,
  UNDO,
} from "../model";
import { ActiveTime } from "./active-time";
import { CrashJournal } from "./crash-journal";
import type { EditEvent } from "./editor-api";
import { loggedChange, OutgoingEdit } from "./outgoing";
import type { EditorPorts, WireEdit } from "./ports";
import { SaveQueue } from "./save-queue";
import type { SaveState } from "./snapshot";

/** Of the changes of marks in one edit; the server takes ten thousand in a million bytes. */
const MAX_MARKS = 10_000;
const MAX_MARK_LETTERS = 300_000;

export interface EditLogOptions {
  readonly document: LabelDocument;
  readonly marks: MarkBook;
  readonly lastSeq: number;
  readonly ports: EditorPorts;
  readonly log: readonly WireEdit[];
  readonly historyBytes: number | undefined;
  readonly onSaveState: (state: SaveState) => void;
  readonly onJournal: (works: boolean) => void;
  /** Before edits of a former visit are made again: they may come while somebody works. */
  readonly beforeReplay: () => void;
  /** After labels, marks and history changed. */
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
  private lastMoment = 0;
  private isDisposed = false;
  nEdits = 0;
  nRestored = 0;

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
      this.history.follow(loggedChange(edit));
      this.lastMoment = Date.parse(edit.client_at);
    }
  }

  get lastSeq(): number {
    return this.queue.lastSeq;
  }

  get saveState(): SaveState {
    const { state } = this.queue;
    const nStranded = this.stranded.length;
    return state.kind === "saved" || nStranded === 0
      ? state
      : { ...state, nUnsaved: state.nUnsaved + nStranded };
  }

  get journalWorks(): boolean {
    return this.journal.works;
  }

  /** Reads the crash journal and makes its edits again. */
  async open(): Promise<void> {
    this.resume(await this.journal.read((edits) => this.resumeLate(edits)));
  }

  /** Whether the server holds another edit under the number of one of these. */
  private areForeign(edits: readonly WireEdit[]): boolean {
    const known = new Map(this.options.log.map((edit) => [edit.seq, edit.checksum]));
    return edits.some(({ seq, checksum }) => (known.get(seq) ?? checksum) !== checksum);
  }

  private resume(edits: readonly WireEdit[]): void {
    const unsaved = edits.filter((edit) => edit.seq > this.options.lastSeq);
    if (this.areForeign(edits)) {
      this.strand(edits, "Another session changed this crop while edits of this one were unsaved.");
    } else if (unsaved.length > 0) {
      this.options.beforeReplay();
      this.replay(unsaved);
    } else if (edits.length > 0) {
      this.journal.dropThrough(this.options.lastSeq);
    }
  }

  /** The journal answered after this visit had begun without it. */
  private resumeLate(edits: readonly WireEdit[]): void {
    if (this.isDisposed) {
      this.journal.keep();
    } else if (this.queue.lastSeq === this.options.lastSeq) {
      this.resume(edits);
    } else if (edits.some(({ seq }) => seq > this.options.lastSeq) || this.areForeign(edits)) {
      this.journal.keep();
      const reason = "Edits of an earlier visit were found after this one had begun.";
      const stop = () => this.strand(edits, reason);
      // What was made here does continue what the server holds.
      this.queue.flush().then(stop, stop);
    }
  }

  /**
   * A gesture or command came to its end: the pixels have changed already, the marks change now.
   * Without a change nothing is recorded.
   */
  commit(tool: string, diffs: readonly LabelDiff[], marks: readonly MarkChange[]): void {
    const changes = changesOf(diffs, marks);
    if (changes.length > 0) {
      this.options.marks.apply(marks);
      this.history.push({ tool, changes });
      this.record(tool, changes);
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
  discard(): Promise<void> {
    return this.journal.clear();
  }

  dispose(): void {
    this.isDisposed = true;
    this.queue.dispose();
  }

  private applyStep(tool: string, changes: readonly Change[] | null): boolean {
    if (changes === null) {
      return false;
    }
    for (const change of changes) {
      this.apply(change);
    }
    this.record(tool, changes);
    return true;
  }

  /** All of it or nothing. */
  private apply({ diff, marks }: Change): void {
    this.options.marks.apply(marks);
    try {
      if (diff !== null) {
        this.options.document.apply(diff);
      }
    } catch (error) {
      this.options.marks.apply(reverseMarks(marks));
      throw error;
    }
  }

  private record(tool: string, changes: readonly Change[]): void {
    const client_at = this.nextMoment();
    for (const change of changes) {
      const head = {
        seq: this.queue.lastSeq + 1,
        tool,
        client_at,
        active_s: this.activeTime.take(),
      };
      const edit = new OutgoingEdit(head, change);
      this.queue.add(edit);
      this.journal.append(edit);
    }
    this.announce(tool, changes);
  }

  /** Now, but never the moment of the step before: that tells steps apart in the log. */
  private nextMoment(): string {
    const now = Math.floor(this.options.ports.clock.now());
    this.lastMoment = now === this.lastMoment ? now + 1 : now;
    return new Date(this.lastMoment).toISOString();
  }

  private announce(tool: string, changes: readonly Change[]): void {
    this.nEdits += changes.length;
    const diffs = changes.flatMap(({ diff }) => diff ?? []);
    const marks = changes.flatMap((change) => change.marks);
    this.options.onEdit({ tool, diffs, marks, windows: diffs.map(({ window }) => window) });
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

  /** @throws ModelError when the edit does not follow the last one or does not fit. */
  private replayOne(edit: WireEdit): void {
    const expected = this.queue.lastSeq + 1;
    if (edit.seq !== expected) {
      throw new ModelError(
        `The edits kept on this computer begin with ${edit.seq}, but ${expected} must come next.`,
      );
    }
    const logged = loggedChange(edit);
    this.apply(logged.change);
    this.history.follow(logged);
    this.lastMoment = Date.parse(edit.client_at);
    this.queue.add(OutgoingEdit.of(edit));
    this.nRestored++;
    this.announce(edit.tool, [logged.change]);
  }

  private strand(edits: readonly WireEdit[], reason: string): void {
    this.stranded = edits;
    this.journal.keep();
    this.queue.stopWith(
      "journal_diverged",
      `${reason} ${edits.length} edits kept on this computer cannot be applied. ` +
        "Download them, then discard them to go on.",
    );
  }
}

/** The diffs of a step, each an edit; marks go with the first one, as many as one edit may carry. */
function changesOf(diffs: readonly LabelDiff[], marks: readonly MarkChange[]): Change[] {
  const parts = inParts(marks);
  return Array.from({ length: Math.max(diffs.length, parts.length) }, (_, i) => ({
    diff: diffs[i] ?? null,
    marks: parts[i] ?? [],
  }));
}

function inParts(marks: readonly MarkChange[]): MarkChange[][] {
  const parts: MarkChange[][] = [];
  let letters = MAX_MARK_LETTERS;
  for (const change of marks) {
    const length = JSON.stringify(change).length + 1;
    const part = parts[parts.length - 1];
    if (part === undefined || letters + length > MAX_MARK_LETTERS || part.length === MAX_MARKS) {
      parts.push([change]);
      letters = length;
    } else {
      part.push(change);
      letters += length;
    }
  }
  return parts;
}
