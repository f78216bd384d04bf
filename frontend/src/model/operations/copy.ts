/** Takes a label over from another plane: the other compartment, another frame. */
import { boundsOf, type LabelPlane, maskOf, type Paint, type Patch, paint } from "./plane";

export interface CopyArgs extends Paint {
  /** Where the label is copied from; of the same size. */
  readonly source: LabelPlane;
}

/** Adds the pixels that the label has in the source, as far as the mode allows. */
export function copyLabel(plane: LabelPlane, { source, label, mode }: CopyArgs): Patch | null {
  const window = boundsOf(source, label);
  return window === null ? null : paint(plane, maskOf(source, label, window), { label, mode });
}
