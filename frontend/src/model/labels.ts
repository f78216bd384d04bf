/** Label images: the truth that every edit changes and every view reads. */
import type { Compartment } from "./compartments";
import { crc32 } from "./crc32";
import { InvalidLabels } from "./errors";
import type { PlaneShape } from "./windows";

/** Frames, rows and columns of an assignment; every array of it shares them. */
export interface StackShape extends PlaneShape {
  readonly nFrames: number;
}

/** Labels of one compartment, uint32 in C order (frame, row, column); 0 is background. */
export interface LabelImage extends StackShape {
  readonly data: Uint32Array;
}

/** The label images of an assignment; a compartment that nobody annotates is absent. */
export type LabelSet = Readonly<Partial<Record<Compartment, LabelImage>>>;

/**
 * A label image over an array, which is used and not copied.
 *
 * @throws InvalidLabels when the number of values is not frames x rows x columns.
 */
export function labelImage(data: Uint32Array, shape: StackShape): LabelImage {
  const { nFrames, nRows, nCols } = shape;
  const size = nFrames * nRows * nCols;
  if (data.length !== size || size < 1) {
    throw new InvalidLabels(
      `A label image of ${nFrames} x ${nRows} x ${nCols} needs ${size} labels and at least one, ` +
        `but ${data.length} came. Load the assignment again.`,
    );
  }
  return { nFrames, nRows, nCols, data };
}

/** The labels of one frame, as a view on the same memory. */
export function planeOf(labels: LabelImage, frame: number): Uint32Array {
  const size = labels.nRows * labels.nCols;
  return labels.data.subarray(frame * size, (frame + 1) * size);
}

/** CRC-32 of the little-endian bytes of all frames: what a submission carries. */
export function labelsChecksum(labels: LabelImage): number {
  const { data } = labels;
  return crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
