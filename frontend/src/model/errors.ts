/**
 * Errors of the model:
 *
 *     ModelError
 *       InvalidDiff      bytes or a rectangle that no label diff can have
 *       DivergingDiff    a label diff made for other labels than these
 *       InvalidLabels    a label image that does not fit its shape
 *       InvalidMarks     a key, a value or a text that marks cannot have
 *       DivergingMarks   changes made for other marks than these
 *       InvalidArray     bytes that are no .npy array the editor reads
 *       GestureError     a gesture begun, used or ended at the wrong time
 */
export class ModelError extends Error {
  override name = "ModelError";
}

export class InvalidDiff extends ModelError {
  override name = "InvalidDiff";
}

export class InvalidLabels extends ModelError {
  override name = "InvalidLabels";
}

export class InvalidMarks extends ModelError {
  override name = "InvalidMarks";
}

export class DivergingMarks extends ModelError {
  override name = "DivergingMarks";
  readonly key: string;

  constructor(key: string) {
    super(`The mark "${key}" is not what the change expects. Load the assignment again.`);
    this.key = key;
  }
}

export class InvalidArray extends ModelError {
  override name = "InvalidArray";
}

export class GestureError extends ModelError {
  override name = "GestureError";
}

export interface Divergence {
  readonly row: number;
  readonly col: number;
  readonly expected: number;
  readonly found: number;
}

export class DivergingDiff extends ModelError {
  override name = "DivergingDiff";
  readonly at: Divergence;

  constructor(at: Divergence) {
    super(
      `The label diff expects label ${at.expected} at row ${at.row}, column ${at.col}, ` +
        `but the label image holds ${at.found} there. Load the assignment again.`,
    );
    this.at = at;
  }
}
