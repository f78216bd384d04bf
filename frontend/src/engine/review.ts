/**
 * Working through a crop cell by cell: the most doubtful unchecked cell comes next. Doubt is what
 * the caller says of a label; without that, how far its size is from the usual one.
 */
import type { InstanceIndex } from "../model";

interface Ranking {
  readonly index: InstanceIndex;
  /** Edits made when it was computed. */
  readonly nEdits: number;
  readonly labels: readonly number[];
}

export class ReviewQueue {
  private scores: ReadonlyMap<number, number> | null = null;
  private ranking: Ranking | null = null;

  setScores(scores: ReadonlyMap<number, number> | null): void {
    this.scores = scores;
    this.ranking = null;
  }

  /** The unchecked label with the most doubt; 0 when all are checked. */
  next(index: InstanceIndex, nEdits: number, checked: ReadonlySet<number>): number {
    return this.ranked(index, nEdits).find((label) => !checked.has(label)) ?? 0;
  }

  private ranked(index: InstanceIndex, nEdits: number): readonly number[] {
    if (this.ranking?.index !== index || this.ranking.nEdits !== nEdits) {
      const doubts = this.doubts(index);
      const labels = index
        .labels()
        .toSorted((a, b) => (doubts.get(b) ?? 0) - (doubts.get(a) ?? 0) || a - b);
      this.ranking = { index, nEdits, labels };
    }
    return this.ranking.labels;
  }

  private doubts(index: InstanceIndex): ReadonlyMap<number, number> {
    if (this.scores !== null) {
      return this.scores;
    }
    const areas = index.labels().map((label) => index.areaOf(label));
    const median = areas.toSorted((a, b) => a - b)[areas.length >> 1] ?? 1;
    return new Map(
      index.labels().map((label, i) => [label, Math.abs(Math.log(areas[i] / median))]),
    );
  }
}
