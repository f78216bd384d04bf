/**
 * Working through a crop cell by cell: the most doubtful unchecked cell comes next. First counts how
 * unsure the predictor was, then what the findings say, then how far the size is from the usual one.
 */
import type { Compartment, InstanceIndex } from "../model";
import type { Confidences } from "./editor-options";

/** Confidences that differ by less are alike, so that the findings can tell cells apart. */
const CONFIDENCE_STEPS = 10;

interface Ranking {
  readonly index: InstanceIndex;
  /** Labels that had come or gone when it was computed. */
  readonly nComings: number;
  readonly labels: readonly number[];
}

export class ReviewQueue {
  private readonly confidences: Confidences;
  private scores: ReadonlyMap<number, number> | null = null;
  private ranking: Ranking | null = null;

  constructor(confidences: Confidences) {
    this.confidences = confidences;
  }

  setScores(scores: ReadonlyMap<number, number> | null): void {
    this.scores = scores;
    this.ranking = null;
  }

  /** The unchecked label with the most doubt; 0 when all are checked. */
  next(index: InstanceIndex, compartment: Compartment, checked: ReadonlySet<number>): number {
    const ranked = this.ranked(index, compartment);
    return ranked.find((label) => !checked.has(label)) ?? 0;
  }

  private ranked(index: InstanceIndex, compartment: Compartment): readonly number[] {
    const { nComings } = index;
    if (this.ranking?.index !== index || this.ranking.nComings !== nComings) {
      const labels = this.inOrder(index, this.confidences[compartment] ?? {});
      this.ranking = { index, nComings, labels };
    }
    return this.ranking.labels;
  }

  private inOrder(
    index: InstanceIndex,
    confidences: Readonly<Record<string, number>>,
  ): readonly number[] {
    const areas = index.labels().map((label) => index.areaOf(label));
    const median = areas.toSorted((a, b) => a - b)[areas.length >> 1] ?? 1;
    const doubts = index.labels().map((label, i) => ({
      label,
      // What the annotator drew is as sure as can be.
      unsure: Math.round((1 - (confidences[label] ?? 1)) * CONFIDENCE_STEPS),
      found: this.scores?.get(label) ?? 0,
      odd: Math.abs(Math.log(areas[i] / median)),
    }));
    return doubts
      .sort(
        (a, b) => b.unsure - a.unsure || b.found - a.found || b.odd - a.odd || a.label - b.label,
      )
      .map(({ label }) => label);
  }
}
