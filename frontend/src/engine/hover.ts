/** What lies under the pointer: its place, label and intensities, the highlight, the brush ring. */
import { type ChannelData, isInside, type LabelDocument, type PlaneName, pixelAt } from "../model";
import { toImage } from "./camera";
import type { ScreenPoint } from "./inputs";
import type { LabelStyles } from "./render/label-styles";
import type { Stage } from "./render/stage";
import type { EditorSnapshot, Hover } from "./snapshot";
import type { Store } from "./store";

export interface HoverOptions {
  readonly store: Store<EditorSnapshot>;
  readonly document: LabelDocument;
  readonly stage: Stage;
  readonly styles: LabelStyles;
  /** Filled in as channels are loaded. */
  readonly channels: readonly (ChannelData | null)[];
}

export class HoverFollower {
  private readonly options: HoverOptions;
  private place: ScreenPoint | null = null;

  constructor(options: HoverOptions) {
    this.options = options;
  }

  /** The pointer is here now; null when it left. */
  pointAt(place: ScreenPoint | null): void {
    this.place = place;
    this.options.stage.pointAt(place);
    this.refresh();
  }

  /** What lies under the pointer may have changed: the plane, its labels, the view, a channel. */
  refresh(): void {
    const { store } = this.options;
    const hover = this.place === null ? null : this.hoverAt(this.place);
    if (!isSame(hover, store.getSnapshot().hover)) {
      store.update({ hover });
      this.highlight(hover?.label ?? 0);
    }
  }

  /** The tool or its radius changed: the ring and the highlight may have to go or to come. */
  toolChanged(): void {
    const { store, stage } = this.options;
    stage.pointAt(this.place);
    this.highlight(store.getSnapshot().hover?.label ?? 0);
  }

  /** Only while selecting: when painting, the flicker would disturb. */
  private highlight(label: number): void {
    const { store, document, stage, styles } = this.options;
    const hovered = store.getSnapshot().tool === "select" ? label : 0;
    if (hovered !== styles.hovered) {
      const index = document.index(this.plane());
      stage.refreshWindow(index.looseWindow(styles.hovered));
      styles.hover(hovered);
      stage.refreshWindow(index.looseWindow(hovered));
    }
  }

  private hoverAt(place: ScreenPoint): Hover | null {
    const { store, document, channels } = this.options;
    const { camera, frame } = store.getSnapshot();
    const { shape } = document;
    const pixel = pixelAt(toImage(camera, place));
    if (!isInside(pixel, shape)) {
      return null;
    }
    const at = (frame * shape.nRows + pixel.row) * shape.nCols + pixel.col;
    return {
      ...pixel,
      label: document.labelAt(this.plane(), pixel),
      values: channels.map((data) => data?.[at] ?? null),
    };
  }

  private plane(): PlaneName {
    const { compartment, frame } = this.options.store.getSnapshot();
    return { compartment, frame };
  }
}

function isSame(a: Hover | null, b: Hover | null): boolean {
  return (
    a?.row === b?.row &&
    a?.col === b?.col &&
    a?.label === b?.label &&
    (a?.values ?? []).every((value, i) => Object.is(value, b?.values[i]))
  );
}
