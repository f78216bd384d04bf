/**
 * Which entry of the palette a label has. Labels that lie side by side, or with a few background
 * pixels between them, get different entries where the palette is long enough; an entry given once
 * stays, so no colour changes under the annotator's eyes.
 */
import type { PixelWindow, PlaneShape } from "./windows";

/** Labels further apart than this many background pixels are no neighbours. */
const REACH_PX = 6;
/** Every fourth row and column is enough to meet every cell worth telling apart. */
const STRIDE = 4;

export class LabelColoring {
  readonly nColors: number;
  private readonly entries = new Map<number, number>();

  constructor(nColors: number) {
    this.nColors = nColors;
  }

  /** The palette entry of a label, 0 .. nColors - 1. */
  entryOf(label: number): number {
    let entry = this.entries.get(label);
    if (entry === undefined) {
      entry = this.preferred(label);
      this.entries.set(label, entry);
    }
    return entry;
  }

  /** Gives entries to the labels in a window of a plane that have none yet. */
  learn(plane: Uint32Array, shape: PlaneShape, window: PixelWindow): void {
    const isFresh = (label: number) => !this.entries.has(label);
    const neighbours = neighboursIn(plane, shape, window, isFresh);
    for (const label of [...neighbours.keys()].sort((a, b) => a - b)) {
      this.entries.set(label, this.choose(label, neighbours.get(label) ?? []));
    }
  }

  /** Gives a label that has none an entry unlike those of the labels near it. */
  place(label: number, near: Iterable<number>): void {
    if (!this.entries.has(label)) {
      this.entries.set(label, this.choose(label, near));
    }
  }

  /** Beginning at the preferred entry, the first that the fewest neighbours have. */
  private choose(label: number, neighbours: Iterable<number>): number {
    const uses = new Uint32Array(this.nColors);
    for (const neighbour of neighbours) {
      const entry = this.entries.get(neighbour);
      if (entry !== undefined) {
        uses[entry]++;
      }
    }
    const fewest = uses.reduce((least, n) => Math.min(least, n));
    let entry = this.preferred(label);
    while (uses[entry] > fewest) {
      entry = (entry + 1) % this.nColors;
    }
    return entry;
  }

  private preferred(label: number): number {
    return (Math.imul(label, 0x9e3779b1) >>> 8) % this.nColors;
  }
}

/** More neighbours than this say no more about a colour: the palette is shorter. */
const MAX_NEIGHBOURS = 64;

/** The neighbours of fresh labels: few per label, so a list is quicker than a set. */
class Neighbours extends Map<number, number[]> {
  private readonly isFresh: (label: number) => boolean;

  constructor(isFresh: (label: number) => boolean) {
    super();
    this.isFresh = isFresh;
  }

  /** Two labels lie side by side; the other may be 0. */
  link(label: number, other: number): void {
    this.note(label, other);
    if (other !== 0) {
      this.note(other, label);
    }
  }

  private note(label: number, other: number): void {
    let list = this.get(label);
    if (list === undefined) {
      if (!this.isFresh(label)) {
        return;
      }
      list = [];
      this.set(label, list);
    }
    if (other !== 0 && list.length < MAX_NEIGHBOURS && !list.includes(other)) {
      list.push(other);
    }
  }
}

function neighboursIn(
  plane: Uint32Array,
  shape: PlaneShape,
  window: PixelWindow,
  isFresh: (label: number) => boolean,
): Neighbours {
  const neighbours = new Neighbours(isFresh);
  const { row, col, height, width } = window;
  for (let r = row; r < row + height; r += STRIDE) {
    followLine(plane, { at: r * shape.nCols + col, step: 1, n: width }, neighbours);
  }
  for (let c = col; c < col + width; c += STRIDE) {
    followLine(plane, { at: row * shape.nCols + c, step: shape.nCols, n: height }, neighbours);
  }
  return neighbours;
}

interface Line {
  readonly at: number;
  readonly step: number;
  readonly n: number;
}

/** Links each label on the line with the one before it, unless the gap is too wide. */
function followLine(plane: Uint32Array, line: Line, neighbours: Neighbours): void {
  let before = 0;
  let gap = 0;
  for (let i = 0, at = line.at; i < line.n; i++, at += line.step) {
    const label = plane[at];
    if (label === 0) {
      gap++;
    } else {
      if (label !== before) {
        neighbours.link(label, gap <= REACH_PX ? before : 0);
      }
      before = label;
      gap = 0;
    }
  }
}
