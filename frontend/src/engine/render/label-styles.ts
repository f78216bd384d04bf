/**
 * Colour and state per label, in a table that both renderers look labels up in: four bytes per
 * slot, red, green, blue and flags. Selecting or recolouring a label changes four bytes.
 *
 * The slot of a label is the label itself, as long as labels stay below `LIMIT`. With larger ones
 * (they may reach 2^32) every label gets the next free slot instead, and the label image is
 * translated on its way to the graphics card.
 */
import {
  LabelColoring,
  PALETTES,
  type PaletteName,
  type PixelWindow,
  type PlaneShape,
  type Rgb,
  wholeWindow,
} from "../../model";

export const SELECTED = 1;
export const HOVERED = 2;
export const HIDDEN = 4;
export const CHECKED = 8;

/** Slots per row of the table when it is a texture. */
export const TABLE_WIDTH = 2048;
const LIMIT = TABLE_WIDTH * 2048;

export class LabelStyles {
  private bytes = new Uint8Array(TABLE_WIDTH * 4);
  private slots: Map<number, number> | null = null;
  private nSlots = 1;
  private palette: PaletteName;
  private colorings: Record<PaletteName, LabelColoring> = {
    vivid: new LabelColoring(PALETTES.vivid.length),
    safe: new LabelColoring(PALETTES.safe.length),
  };
  /** Colours that mean something; null for those of the palette. */
  private colors: ((label: number) => Rgb) | null = null;
  private readonly marked = new Map<number, ReadonlySet<number>>();
  /** Rows of the table that changed since a renderer last took them; null for none. */
  private firstDirtyRow = 0;
  private lastDirtyRow = 0;
  /** Grows when slots were given anew, so that an uploaded label image is stale. */
  generation = 0;
  selected = 0;
  hovered = 0;

  constructor(palette: PaletteName = "vivid") {
    this.palette = palette;
  }

  /** Whether the slot of every label is the label. */
  get isIdentity(): boolean {
    return this.slots === null;
  }

  get table(): Uint8Array {
    return this.bytes;
  }

  get nRows(): number {
    return this.bytes.length / (TABLE_WIDTH * 4);
  }

  slotOf(label: number): number {
    return this.slots === null ? label : (this.slots.get(label) ?? 0);
  }

  /** Learns the labels of a window of a plane. */
  learn(plane: Uint32Array, shape: PlaneShape, window: PixelWindow): void {
    this.colorings[this.palette].learn(plane, shape, window);
    visitRuns(plane, shape, window, (label) => this.ensure(label));
  }

  /** Whether any of the labels has no colour yet. */
  hasNew(labels: Iterable<number>): boolean {
    for (const label of labels) {
      if (!this.isKnown(label)) {
        return true;
      }
    }
    return false;
  }

  /** Gives a label its slot and colour, if it has none. */
  ensure(label: number): void {
    if (label === 0 || this.isKnown(label)) {
      return;
    }
    if (this.slots === null && label >= LIMIT) {
      this.leaveIdentity();
    }
    if (this.slots !== null) {
      this.slots.set(label, this.nSlots++);
    }
    this.paint(label);
  }

  /** Gives a label that is about to be drawn a colour that differs from those near it. */
  introduce(label: number, plane: Uint32Array, shape: PlaneShape, window: PixelWindow): void {
    this.colorings[this.palette].place(label, labelsIn(plane, shape, window));
    this.ensure(label);
  }

  /** Recolours every label; neighbours of this plane are told apart first. */
  setPalette(palette: PaletteName, plane: Uint32Array, shape: PlaneShape): void {
    this.palette = palette;
    this.colorings[palette].learn(plane, shape, wholeWindow(shape));
    this.repaint(this.known());
  }

  /** Colours every label by this rule from now on; null for the palette. */
  setColors(colors: ((label: number) => Rgb) | null): void {
    if (colors !== null || this.colors !== null) {
      this.colors = colors;
      this.repaint(this.known());
    }
  }

  /** Looks up the colours of these labels again. */
  repaint(labels: Iterable<number>): void {
    for (const label of labels) {
      this.paint(label);
    }
  }

  /** Sets a flag for exactly these labels. */
  mark(flag: number, labels: ReadonlySet<number>): void {
    for (const label of this.marked.get(flag) ?? []) {
      if (!labels.has(label)) {
        this.setFlag(label, flag, false);
      }
    }
    for (const label of labels) {
      this.ensure(label);
      this.setFlag(label, flag, true);
    }
    this.marked.set(flag, labels);
  }

  select(label: number): void {
    this.moveFlag(SELECTED, this.selected, label);
    this.selected = label;
  }

  hover(label: number): void {
    this.moveFlag(HOVERED, this.hovered, label);
    this.hovered = label;
  }

  /** The rows of the table that changed since the last call, or null. */
  takeDirtyRows(): { readonly first: number; readonly last: number } | null {
    const { firstDirtyRow: first, lastDirtyRow: last } = this;
    this.firstDirtyRow = Number.POSITIVE_INFINITY;
    this.lastDirtyRow = -1;
    return last >= first ? { first, last } : null;
  }

  private isKnown(label: number): boolean {
    return this.slots === null ? isPainted(this.bytes, label) : this.slots.has(label);
  }

  private known(): number[] {
    return this.slots === null ? paintedSlots(this.bytes) : [...this.slots.keys()];
  }

  private paint(label: number): void {
    const at = this.slotOf(label) * 4;
    this.reserve(at + 4);
    this.bytes.set(this.colorOf(label), at);
    if (!isPainted(this.bytes, at / 4)) {
      this.bytes[at] = 1;
    }
    this.markDirty(at);
  }

  private colorOf(label: number): Rgb {
    const { palette } = this;
    return this.colors?.(label) ?? PALETTES[palette][this.colorings[palette].entryOf(label)];
  }

  private moveFlag(flag: number, from: number, to: number): void {
    if (from !== to) {
      this.setFlag(from, flag, false);
      this.ensure(to);
      this.setFlag(to, flag, true);
    }
  }

  private setFlag(label: number, flag: number, isOn: boolean): void {
    const at = this.slotOf(label) * 4;
    if (at === 0) {
      return;
    }
    this.bytes[at + 3] = isOn ? this.bytes[at + 3] | flag : this.bytes[at + 3] & ~flag;
    this.markDirty(at);
  }

  private markDirty(at: number): void {
    const row = Math.floor(at / (TABLE_WIDTH * 4));
    this.firstDirtyRow = Math.min(this.firstDirtyRow, row);
    this.lastDirtyRow = Math.max(this.lastDirtyRow, row);
  }

  private reserve(nBytes: number): void {
    let size = this.bytes.length;
    while (size < nBytes) {
      size *= 2;
    }
    if (size > this.bytes.length) {
      const larger = new Uint8Array(size);
      larger.set(this.bytes);
      this.bytes = larger;
      this.firstDirtyRow = 0;
      this.lastDirtyRow = this.nRows - 1;
    }
  }

  /** From now on labels have slots of their own; those known so far move to theirs. */
  private leaveIdentity(): void {
    const before = this.bytes;
    this.slots = new Map();
    this.bytes = new Uint8Array(TABLE_WIDTH * 4);
    this.generation++;
    for (const label of paintedSlots(before)) {
      const slot = this.nSlots++;
      this.slots.set(label, slot);
      this.reserve(slot * 4 + 4);
      this.bytes.set(before.subarray(label * 4, label * 4 + 4), slot * 4);
    }
    this.firstDirtyRow = 0;
    this.lastDirtyRow = this.nRows - 1;
  }
}

/** Every colour has a byte above 0: three zeros mean that nobody painted the slot. */
function isPainted(table: Uint8Array, slot: number): boolean {
  const at = slot * 4;
  return at < table.length && table[at] + table[at + 1] + table[at + 2] > 0;
}

function paintedSlots(table: Uint8Array): number[] {
  const slots: number[] = [];
  for (let slot = 1; slot * 4 < table.length; slot++) {
    if (isPainted(table, slot)) {
      slots.push(slot);
    }
  }
  return slots;
}

function labelsIn(plane: Uint32Array, shape: PlaneShape, window: PixelWindow): Set<number> {
  const labels = new Set<number>();
  visitRuns(plane, shape, window, (label) => labels.add(label));
  labels.delete(0);
  return labels;
}

/** Visits the label of each run of equal labels in the rows of a window. */
function visitRuns(
  plane: Uint32Array,
  shape: PlaneShape,
  window: PixelWindow,
  visit: (label: number) => void,
): void {
  let last = 0;
  for (let row = window.row; row < window.row + window.height; row++) {
    const start = row * shape.nCols + window.col;
    for (let at = start; at < start + window.width; at++) {
      if (plane[at] !== last) {
        last = plane[at];
        visit(last);
      }
    }
  }
}
