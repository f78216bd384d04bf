/** Which labels are hidden or checked, and what their colours mean. */
import {
  COMPARTMENTS,
  type ColormapName,
  colormapColor,
  type InstanceIndex,
  PALETTES,
  type Rgb,
} from "../model";
import { CHECKED, HIDDEN, type LabelStyles } from "./render/label-styles";
import type { EditorSnapshot } from "./types";

const NO_VALUE: Rgb = [128, 128, 128];
/** Share of the values beyond each end of the scale. */
const TAIL = 0.02;

interface Scale {
  readonly low: number;
  readonly high: number;
}

export class LabelLook {
  private readonly styles: LabelStyles;
  private values: ReadonlyMap<number, number> | null = null;
  private scale: Scale = { low: 0, high: 1 };

  constructor(styles: LabelStyles) {
    this.styles = styles;
  }

  setHidden(labels: Iterable<number>): void {
    this.styles.mark(HIDDEN, new Set(labels));
  }

  setChecked(labels: Iterable<number>): void {
    this.styles.mark(CHECKED, new Set(labels));
  }

  setValues(values: ReadonlyMap<number, number> | null): void {
    this.values = values;
  }

  /** Gives every label its colour again, by what the view says that colours mean. */
  recolor(snapshot: EditorSnapshot, index: InstanceIndex): void {
    const { colorBy } = snapshot.view;
    if (colorBy === "area") {
      this.scale = scaleOf(index.labels().map((label) => index.areaOf(label)));
    } else if (colorBy === "value") {
      this.scale = scaleOf([...(this.values?.values() ?? [])]);
    }
    const isPalette = colorBy === "label";
    this.styles.setColors(isPalette ? null : (label) => this.color(label, snapshot, index));
  }

  private color(label: number, { view, compartment }: EditorSnapshot, index: InstanceIndex): Rgb {
    if (view.colorBy === "compartment") {
      return PALETTES.safe[COMPARTMENTS.indexOf(compartment)];
    }
    const value = view.colorBy === "area" ? index.areaOf(label) : this.values?.get(label);
    return value === undefined ? NO_VALUE : this.scaled(value, view.colormap);
  }

  private scaled(value: number, colormap: ColormapName): Rgb {
    const { low, high } = this.scale;
    return colormapColor(colormap, high > low ? (value - low) / (high - low) : 0.5);
  }
}

/** From near the least to near the greatest value, so that single outliers do not stretch it. */
function scaleOf(values: readonly number[]): Scale {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { low: at(TAIL), high: at(1 - TAIL) };
}
