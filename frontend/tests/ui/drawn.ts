import type { PlaneShape } from "../../src/model";

/** A plane from a drawing: a dot is background, `a` is label 1, `b` label 2 and so on. */
export function drawn(rows: readonly string[]): { plane: Uint32Array; shape: PlaneShape } {
  const labels = rows.flatMap((row) =>
    [...row].map((sign) => (sign === "." ? 0 : sign.charCodeAt(0) - 96)),
  );
  return {
    plane: Uint32Array.from(labels),
    shape: { nRows: rows.length, nCols: rows[0]?.length ?? 0 },
  };
}
