/** Rows of the view with the channels added up, before labels are laid over them. */
import { type Intensities, intensitiesOf, N_STOPS } from "./intensities";
import { MARGIN_PX, OUTSIDE, type SampleMap } from "./sampling";
import type { Scene, ScreenRect } from "./scene";

export class ChannelRows {
  private readonly channels: readonly Intensities[];
  private readonly background: readonly number[];
  private readonly nCols: number;
  /** Image column per screen column of the rectangle. */
  private readonly cols: Int32Array;
  private readonly colors: Float32Array;
  /** The image row that `colors` shows; zoomed in, many screen rows show the same. */
  private row: number | null = null;

  constructor(scene: Scene, map: SampleMap, rect: ScreenRect) {
    this.channels = scene.channels.map(intensitiesOf);
    this.background = scene.view.background;
    this.nCols = scene.shape.nCols;
    this.cols = map.cols.subarray(rect.x + MARGIN_PX, rect.x + MARGIN_PX + rect.width);
    this.colors = new Float32Array(rect.width * 3);
  }

  /** Colours 0 .. 255, three per pixel, of the screen row that shows an image row. */
  at(row: number): Float32Array {
    if (row !== this.row) {
      this.row = row;
      this.colors.fill(0);
      if (row !== OUTSIDE) {
        for (const channel of this.channels) {
          this.add(channel, row * this.nCols);
        }
        this.clamp();
      }
      this.fillOutside(row);
    }
    return this.colors;
  }

  private add(channel: Intensities, start: number): void {
    if (channel.isLinear) {
      this.addLinear(channel, start);
    } else {
      this.addScale(channel, start);
    }
  }

  private addLinear({ shown, stops }: Intensities, start: number): void {
    const { cols, colors } = this;
    const [red, green, blue] = stops.subarray(-3);
    let value = 0;
    let before = OUTSIDE;
    for (let i = 0, at = 0; i < cols.length; i++, at += 3) {
      const col = cols[i];
      if (col === OUTSIDE) {
        continue;
      }
      value = col === before ? value : shown(start + col);
      before = col;
      colors[at] += value * red;
      colors[at + 1] += value * green;
      colors[at + 2] += value * blue;
    }
  }

  private addScale({ shown, stops }: Intensities, start: number): void {
    const { cols, colors } = this;
    for (let i = 0, at = 0; i < cols.length; i++, at += 3) {
      if (cols[i] === OUTSIDE) {
        continue;
      }
      const along = shown(start + cols[i]) * (N_STOPS - 1);
      const stop = Math.min(N_STOPS - 2, Math.floor(along));
      const share = along - stop;
      for (let part = 0, k = stop * 3; part < 3; part++, k++) {
        colors[at + part] += stops[k] + (stops[k + 3] - stops[k]) * share;
      }
    }
  }

  private clamp(): void {
    const { colors } = this;
    for (let at = 0; at < colors.length; at++) {
      colors[at] = Math.min(255, colors[at]);
    }
  }

  private fillOutside(row: number): void {
    const { cols, colors, background } = this;
    for (let i = 0; i < cols.length; i++) {
      if (row === OUTSIDE || cols[i] === OUTSIDE) {
        colors.set(background, i * 3);
      }
    }
  }
}
