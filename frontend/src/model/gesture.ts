/**
 * One gesture: pixels change at once, and at the end it becomes one diff per plane that it
 * changed, or nothing at all.
 */
import { BlockSnapshot } from "./blocks";
import { GestureError } from "./errors";
import type { InstanceIndex } from "./instances";
import { diffOfSegments, type LabelDiff, type PlaneName, rank } from "./label-diff";
import type { PlaneShape } from "./windows";

/** Where a gesture finds its planes. */
export interface PlaneSource {
  readonly shape: PlaneShape;
  plane(name: PlaneName): Uint32Array;
  index(name: PlaneName): InstanceIndex;
}

/** Which pixels a fill may change: all, or only those that hold this label. */
export interface Fill {
  readonly label: number;
  readonly only?: number;
}

export class PlaneWriter {
  readonly name: PlaneName;
  private readonly plane: Uint32Array;
  private readonly nCols: number;
  private readonly snapshot: BlockSnapshot;

  constructor(name: PlaneName, plane: Uint32Array, shape: PlaneShape) {
    this.name = name;
    this.plane = plane;
    this.nCols = shape.nCols;
    this.snapshot = new BlockSnapshot(plane, shape);
  }

  /** Fills the pixels of a row from `start` up to `end`, which must lie inside the plane. */
  fillSpan(row: number, start: number, end: number, fill: Fill): void {
    this.snapshot.keep(row, start, end);
    const first = row * this.nCols + start;
    const stop = row * this.nCols + end;
    if (fill.only === undefined) {
      this.plane.fill(fill.label, first, stop);
      return;
    }
    for (let i = first; i < stop; i++) {
      if (this.plane[i] === fill.only) {
        this.plane[i] = fill.label;
      }
    }
  }

  restore(): void {
    this.snapshot.restore();
  }

  diff(): LabelDiff | null {
    return diffOfSegments(this.snapshot.changes(), this.name);
  }
}

export class Gesture {
  private readonly source: PlaneSource;
  private readonly onClose: (diffs: readonly LabelDiff[]) => void;
  private readonly writers = new Map<string, PlaneWriter>();
  private isOpen = true;

  constructor(source: PlaneSource, onClose: (diffs: readonly LabelDiff[]) => void) {
    this.source = source;
    this.onClose = onClose;
  }

  /** The hand that writes one plane. */
  writer(name: PlaneName): PlaneWriter {
    this.checkOpen();
    const key = `${name.compartment} ${name.frame}`;
    let writer = this.writers.get(key);
    if (writer === undefined) {
      // The index must know the plane as it was, because it follows the diff afterwards.
      this.source.index(name);
      const plane = { compartment: name.compartment, frame: name.frame };
      writer = new PlaneWriter(plane, this.source.plane(name), this.source.shape);
      this.writers.set(key, writer);
    }
    return writer;
  }

  /** Puts back every byte. */
  cancel(): void {
    this.checkOpen();
    this.isOpen = false;
    for (const writer of this.writers.values()) {
      writer.restore();
    }
    this.onClose([]);
  }

  /** One diff per changed plane, by compartment and frame. */
  finish(): LabelDiff[] {
    this.checkOpen();
    this.isOpen = false;
    const diffs = [...this.writers.values()]
      .map((writer) => writer.diff())
      .filter((diff) => diff !== null)
      .sort((a, b) => rank(a) - rank(b) || a.frame - b.frame);
    this.onClose(diffs);
    return diffs;
  }

  private checkOpen(): void {
    if (!this.isOpen) {
      throw new GestureError("This gesture has ended. Begin a new one.");
    }
  }
}
