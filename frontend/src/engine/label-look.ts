/** Which labels are hidden or checked, and what their colours mean. */
import {
  COMPARTMENTS,
  type ColormapName,
  colormapColor,
  type LabelDocument,
  PALETTES,
  type Rgb,
} from "../model";
import type { Confidences } from "./editor-options";
import { CHECKED, HIDDEN, type LabelStyles } from "./render/label-styles";
import type { EditorSnapshot } from "./snapshot";

const NO_VALUE: Rgb = [128, 128, 128];
/** Share of the values beyond each end of the scale. */
const TAIL = 0.02;

interface Scale {
  readonly low: number;
  readonly high: number;
}

type MarksShown = Pick<EditorSnapshot["marks"], "types" | "checked">;

export class LabelLook {
  private readonly styles: LabelStyles;
  private readonly document: LabelDocument;
  private readonly snapshot: () => EditorSnapshot;
  private readonly confidences: Confidences;
  private values: ReadonlyMap<number, number> | null = null;
  private scale: Scale = { low: 0, high: 1 };
  private shown: MarksShown = { types: new Map(), checked: new Set() };

  constructor(
    styles: LabelStyles,
    document: LabelDocument,
    snapshot: () => EditorSnapshot,
    confidences: Confidences,
  ) {
    this.styles = styles;
    this.document = document;
    this.snapshot = snapshot;
    this.confidences = confidences;
  }

  setHidden(labels: Iterable<number>): void {
    this.styles.mark(HIDDEN, new Set(labels));
  }

  setValues(values: ReadonlyMap<number, number> | null): void {
    this.values = values;
  }

  /** Follows the types and checks of the shown compartment. */
  marksChanged(): void {
    const { marks, view } = this.snapshot();
    if (marks.checked !== this.shown.checked) {
      this.styles.mark(CHECKED, marks.checked);
    }
    if (marks.types !== this.shown.types && view.colorBy === "type") {
      this.recolor();
    }
    this.shown = marks;
  }

  /** Gives every label its colour again, by what the view says that colours mean. */
  recolor(): void {
    const { colorBy } = this.snapshot().view;
    if (colorBy === "area") {
      const index = this.index();
      this.scale = scaleOf(index.labels().map((label) => index.areaOf(label)));
    } else if (colorBy === "value") {
      this.scale = scaleOf([...(this.values?.values() ?? [])]);
    } else {
      this.scale = { low: 0, high: 1 };
    }
    this.styles.setColors(colorBy === "label" ? null : (label) => this.color(label));
  }

  private color(label: number): Rgb {
    const { view, compartment } = this.snapshot();
    if (view.colorBy === "compartment") {
      return PALETTES.safe[COMPARTMENTS.indexOf(compartment)];
    }
    return view.colorBy === "type" ? this.typeColor(label) : this.scaled(label, view.colormap);
  }

  private typeColor(label: number): Rgb {
    const { marks, cellTypes } = this.snapshot();
    const type = marks.types.get(label);
    const color = cellTypes.find(({ id }) => id === type)?.color;
    const code = color === undefined ? Number.NaN : Number.parseInt(color.slice(1), 16);
    return Number.isNaN(code) ? NO_VALUE : [code >> 16, (code >> 8) & 255, code & 255];
  }

  private scaled(label: number, colormap: ColormapName): Rgb {
    const value = this.valueOf(label);
    const { low, high } = this.scale;
    const share = high > low ? ((value ?? 0) - low) / (high - low) : 0.5;
    return value === undefined ? NO_VALUE : colormapColor(colormap, share);
  }

  private valueOf(label: number): number | undefined {
    const { view, compartment } = this.snapshot();
    if (view.colorBy === "area") {
      return this.index().areaOf(label);
    }
    return view.colorBy === "confidence"
      ? this.confidences[compartment]?.[label]
      : this.values?.get(label);
  }

  private index() {
    const { compartment, frame } = this.snapshot();
    return this.document.index({ compartment, frame });
  }
}

/** From near the least to near the greatest value, so that single outliers do not stretch it. */
function scaleOf(values: readonly number[]): Scale {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { low: at(TAIL), high: at(1 - TAIL) };
}
