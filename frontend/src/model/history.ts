/**
 * Undo and redo. Taking a step back is itself an edit (the reversed diffs), so the history of an
 * assignment is its log, and the steps can be found again from the log after a reload.
 */
import { type LabelDiff, reverseDiff } from "./label-diff";

/** What one undo takes back: the diffs of one gesture or command, in the order of their edits. */
export interface Step {
  readonly tool: string;
  readonly diffs: readonly LabelDiff[];
}

export const UNDO = "undo";
export const REDO = "redo";

const DEFAULT_LIMIT_BYTES = 256 * 2 ** 20;
/** What a step weighs beside its runs. */
const OVERHEAD_BYTES = 200;

export class History {
  private readonly limitBytes: number;
  private done: Step[] = [];
  private undone: Step[] = [];
  private heldBytes = 0;

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
    this.heldBytes -= weightOf(this.undone);
    this.undone = [];
    this.done.push(step);
    this.heldBytes += weightOf([step]);
    this.forgetOldest();
  }

  /** The diffs that take back the last step, to be applied in this order; null without one. */
  undo(): readonly LabelDiff[] | null {
    const step = this.done.pop();
    if (step === undefined) {
      return null;
    }
    this.undone.push(step);
    return step.diffs.map(reverseDiff).reverse();
  }

  /** The diffs that make the step undone last again; null without one. */
  redo(): readonly LabelDiff[] | null {
    const step = this.undone.pop();
    if (step === undefined) {
      return null;
    }
    this.done.push(step);
    return step.diffs;
  }

  /**
   * Follows one edit of a log. A step of several diffs comes back as several steps, and its undo
   * as several undos, so that the two always match.
   */
  follow(tool: string, diff: LabelDiff): void {
    if (tool === UNDO) {
      this.undo();
    } else if (tool === REDO) {
      this.redo();
    } else {
      this.push({ tool, diffs: [diff] });
    }
  }

  private forgetOldest(): void {
    let n = 0;
    while (this.heldBytes > this.limitBytes && n < this.done.length - 1) {
      this.heldBytes -= weightOf([this.done[n]]);
      n++;
    }
    this.done.splice(0, n);
  }
}

function weightOf(steps: readonly Step[]): number {
  let bytes = 0;
  for (const step of steps) {
    for (const diff of step.diffs) {
      bytes += OVERHEAD_BYTES + diff.runs.byteLength;
    }
  }
  return bytes;
}
