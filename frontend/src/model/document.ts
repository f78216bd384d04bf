/** The label images of one assignment, with an index per plane; edits come as gestures or diffs. */
import type { Compartment } from "./compartments";
import { COMPARTMENTS } from "./compartments";
import { GestureError, InvalidDiff, InvalidLabels } from "./errors";
import { Gesture } from "./gesture";
import { InstanceIndex } from "./instances";
import {
  applyDiff,
  diffOfPatch,
  type LabelDiff,
  type PlaneName,
  rank,
  writeDiff,
} from "./label-diff";
import { type LabelImage, type LabelSet, labelsChecksum, planeOf, type StackShape } from "./labels";
import type { Patch, SpanPatch } from "./operations/plane";
import { isInside, type Pixel } from "./points";

const LARGEST_LABEL = 0xffffffff;

export interface PlacedPatch {
  readonly plane: PlaneName;
  readonly patch: Patch | SpanPatch;
}

export class LabelDocument {
  readonly shape: StackShape;
  readonly compartments: readonly Compartment[];
  private readonly images: LabelSet;
  private readonly views = new Map<string, Uint32Array>();
  /** Built when a plane is first asked for, because a long stack is never looked at as a whole. */
  private readonly indexes = new Map<string, InstanceIndex>();
  private gesture: Gesture | null = null;
  /** The largest label ever held, so that a deleted one is not given away again. */
  private highest = 0;

  /** @throws InvalidLabels when there is no label image or their shapes differ. */
  constructor(images: LabelSet) {
    this.images = images;
    this.compartments = COMPARTMENTS.filter((name) => images[name] !== undefined);
    const first = this.compartments[0];
    if (first === undefined) {
      throw new InvalidLabels("An editor needs the label image of at least one compartment.");
    }
    this.shape = this.image(first);
    for (const name of this.compartments) {
      checkSameShape(this.shape, this.image(name), name);
      this.highest = Math.max(this.highest, largestOf(this.image(name).data));
    }
  }

  get isInGesture(): boolean {
    return this.gesture !== null;
  }

  image(compartment: Compartment): LabelImage {
    const image = this.images[compartment];
    if (image === undefined) {
      throw new InvalidLabels(`This assignment has no label image of ${compartment}.`);
    }
    return image;
  }

  /** The labels of a plane: always the same view, so that its identity can be compared. */
  plane(name: PlaneName): Uint32Array {
    const key = keyOf(name);
    let plane = this.views.get(key);
    if (plane === undefined) {
      plane = planeOf(this.image(name.compartment), name.frame);
      this.views.set(key, plane);
    }
    return plane;
  }

  index(name: PlaneName): InstanceIndex {
    const key = keyOf(name);
    let index = this.indexes.get(key);
    if (index === undefined) {
      index = new InstanceIndex(this.plane(name), this.shape);
      this.indexes.set(key, index);
    }
    return index;
  }

  /** The label of a pixel; 0 outside the image. */
  labelAt(name: PlaneName, pixel: Pixel): number {
    return isInside(pixel, this.shape)
      ? this.plane(name)[pixel.row * this.shape.nCols + pixel.col]
      : 0;
  }

  /**
   * A label that no compartment and no frame holds, nor ever held while this document was open:
   * a nucleus and a cell that share a label belong together, so no new pair may arise by chance.
   */
  nextLabel(): number {
    return this.freshLabels(1)[0];
  }

  /** Several of them. */
  freshLabels(n: number): number[] {
    if (this.highest + n <= LARGEST_LABEL) {
      return Array.from({ length: n }, (_, i) => this.highest + 1 + i);
    }
    const planes = this.planes();
    const labels: number[] = [];
    for (let label = 1; labels.length < n; label++) {
      if (!planes.some((name) => this.index(name).has(label))) {
        labels.push(label);
      }
    }
    return labels;
  }

  /** The frames in which a label has pixels, in ascending order. */
  framesOf(compartment: Compartment, label: number): number[] {
    const frames = Array.from({ length: this.shape.nFrames }, (_, frame) => frame);
    return frames.filter((frame) => this.index({ compartment, frame }).has(label));
  }

  /**
   * Writes patches, as one gesture would: one diff for each that changes something, by compartment
   * and frame.
   *
   * @throws GestureError during a gesture.
   */
  paste(patches: readonly PlacedPatch[]): LabelDiff[] {
    this.checkFree();
    const diffs = patches.flatMap(({ plane: name, patch }) => {
      const index = this.index(name);
      const plane = this.plane(name);
      const diff = diffOfPatch({ labels: plane, nCols: this.shape.nCols }, patch, name);
      if (diff === null) {
        return [];
      }
      writeDiff(plane, this.shape.nCols, diff);
      this.follow(diff, index);
      return [diff];
    });
    return diffs.sort((a, b) => rank(a) - rank(b) || a.frame - b.frame);
  }

  /** Begins to change pixels. Only one gesture can be open. */
  begin(): Gesture {
    if (this.gesture !== null) {
      throw new GestureError("A gesture is still open. Finish or cancel it before the next one.");
    }
    this.gesture = new Gesture(this, (diffs) => this.close(diffs));
    return this.gesture;
  }

  /**
   * Applies a diff of another time: undo, redo, the journal.
   *
   * @throws GestureError during a gesture.
   * @throws InvalidDiff, DivergingDiff when it does not fit; nothing changed then.
   */
  apply(diff: LabelDiff): void {
    this.checkFree();
    const image = this.images[diff.compartment];
    if (image === undefined) {
      throw new InvalidDiff(`The label diff changes ${diff.compartment}, which is not here.`);
    }
    const index = this.index(diff);
    applyDiff(image, diff);
    this.follow(diff, index);
  }

  private checkFree(): void {
    if (this.gesture !== null) {
      throw new GestureError("A label diff cannot be applied during a gesture.");
    }
  }

  checksums(): Partial<Record<Compartment, number>> {
    return Object.fromEntries(
      this.compartments.map((name) => [name, labelsChecksum(this.image(name))]),
    );
  }

  private close(diffs: readonly LabelDiff[]): void {
    this.gesture = null;
    for (const diff of diffs) {
      this.follow(diff, this.index(diff));
    }
  }

  private follow(diff: LabelDiff, index: InstanceIndex): void {
    index.update(diff);
    let { highest } = this;
    for (let i = 3; i < diff.runs.length; i += 4) {
      highest = diff.runs[i] > highest ? diff.runs[i] : highest;
    }
    this.highest = highest;
  }

  private planes(): PlaneName[] {
    return this.compartments.flatMap((compartment) =>
      Array.from({ length: this.shape.nFrames }, (_, frame) => ({ compartment, frame })),
    );
  }
}

function keyOf(name: PlaneName): string {
  return `${name.compartment} ${name.frame}`;
}

function largestOf(labels: Uint32Array): number {
  let largest = 0;
  for (let i = 0; i < labels.length; i++) {
    largest = Math.max(labels[i], largest);
  }
  return largest;
}

function checkSameShape(expected: StackShape, found: StackShape, name: Compartment): void {
  const isSame =
    expected.nFrames === found.nFrames &&
    expected.nRows === found.nRows &&
    expected.nCols === found.nCols;
  if (!isSame) {
    throw new InvalidLabels(
      `The label image of ${name} is ${found.nFrames} x ${found.nRows} x ${found.nCols}, but ` +
        `${expected.nFrames} x ${expected.nRows} x ${expected.nCols} was expected.`,
    );
  }
}
