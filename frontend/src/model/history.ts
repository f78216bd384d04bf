/**
 * Undo and redo. Taking a step back is itself a group of edits (the reversed changes), so the
 * history of an assignment is its log, and the steps can be found again from the log after a reload.
 */
import { type LabelDiff, reverseDiff } from "./label-diff";
import { type MarkChange, reverseMarks } from "./marks";

/** What one edit changes: pixels of one plane, marks, or both. */
export interface Change {
  readonly diff: LabelDiff | null;
  readonly marks: readonly MarkChange[];
}

/** What one undo takes back: the changes of one gesture or command, in the order of their edits. */
export interface Step {
  readonly tool: string;
  readonly changes: readonly Change[];
}

/** An edit of a log. Edits that follow each other in one group belong to one step. */
export interface LoggedChange {
  readonly tool: string;
  readonly group: string;
  readonly change: Change;
}

export const UNDO = "undo";
export const REDO = "redo";

const DEFAULT_LIMIT_BYTES = 256 * 2 ** 20;
/** What a change weighs beside its runs, and one change of a mark. */
const OVERHEAD_BYTES = 200;

/** The change that takes this one back. */
export function reverseChange({ diff, marks }: Change): Change {
  return { diff: diff === null ? null : reverseDiff(diff), marks: reverseMarks(marks) };
}

export class History {
  private readonly limitBytes: number;
  private done: Step[] = [];
  private undone: Step[] = [];
  private heldBytes = 0;
  private lastGroup = "";

  constructor(limitBytes = DEFAULT_LIMIT_BYTES) {
    this.limitBytes = limitBytes;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  /** A step was made: what had been undone can no longer be redone. */
  push(step: Step): void {
    this.forgetUndone();
    this.done.push(step);
    this.heldBytes += weightOf(step.changes);
    this.forgetOldest();
  }

  /** The changes that take back the last step, to be made in this order; null without one. */
  undo(): readonly Change[] | null {
    const step = this.done.pop();
    if (step === undefined) {
      return null;
    }
    this.undone.push(step);
    return step.changes.map(reverseChange).reverse();
  }

  /** The changes that make the step undone last again; null without one. */
  redo(): readonly Change[] | null {
    const step = this.undone.pop();
    if (step === undefined) {
      return null;
    }
    this.done.push(step);
    return step.changes;
  }

  /**
   * Follows one edit of a log. A log may end within a group; what is there is then a step of its
   * own, as the labels have it.
   */
  follow({ tool, group, change }: LoggedChange): void {
    const goesOn = group === this.lastGroup;
    this.lastGroup = group;
    if (tool === UNDO) {
      this.moveOne(this.done, this.undone, { goesOn, isBack: true });
    } else if (tool === REDO) {
      this.moveOne(this.undone, this.done, { goesOn, isBack: false });
    } else if (goesOn && this.done.length > 0) {
      const step = this.done.pop() as Step;
      this.done.push({ ...step, changes: [...step.changes, change] });
      this.heldBytes += weightOf([change]);
    } else {
      this.push({ tool, changes: [change] });
    }
  }

  /** Moves one change of the last step over: the last one when going back, else the first one. */
  private moveOne(
    from: Step[],
    to: Step[],
    { goesOn, isBack }: { readonly goesOn: boolean; readonly isBack: boolean },
  ): void {
    const step = from.pop();
    if (step === undefined) {
      return;
    }
    const at = isBack ? step.changes.length - 1 : 0;
    const rest = step.changes.toSpliced(at, 1);
    if (rest.length > 0) {
      from.push({ ...step, changes: rest });
    }
    const before = goesOn ? (to.pop()?.changes ?? []) : [];
    const moved = [step.changes[at]];
    to.push({ ...step, changes: isBack ? [...moved, ...before] : [...before, ...moved] });
  }

  private forgetUndone(): void {
    for (const step of this.undone) {
      this.heldBytes -= weightOf(step.changes);
    }
    this.undone = [];
  }

  private forgetOldest(): void {
    let n = 0;
    while (this.heldBytes > this.limitBytes && n < this.done.length - 1) {
      this.heldBytes -= weightOf(this.done[n].changes);
      n++;
    }
    this.done.splice(0, n);
  }
}

function weightOf(changes: readonly Change[]): number {
  let bytes = 0;
  for (const { diff, marks } of changes) {
    bytes += OVERHEAD_BYTES * (1 + marks.length) + (diff?.runs.byteLength ?? 0);
  }
  return bytes;
}
