import { isNumber } from "../format";
import { adminStrings } from "../strings-admin";

const WIDTH = 180;
const HEIGHT = 36;

/** Rows of (epoch, loss, validation loss), as a run reports them. */
function rowsOf(losses: unknown): number[][] {
  if (!Array.isArray(losses)) return [];
  return losses.filter((row): row is number[] => Array.isArray(row) && row.every(isNumber));
}

function path(values: readonly number[], top: number): string {
  const x = (i: number) => (WIDTH * i) / Math.max(1, values.length - 1);
  const y = (value: number) => HEIGHT - 2 - ((HEIGHT - 4) * value) / top;
  return values
    .map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");
}

/** Training loss (grey) and validation loss (accent) by epoch, from zero. */
export function LossCurve({ losses }: { losses: unknown }) {
  const rows = rowsOf(losses);
  if (rows.length < 2) return null;
  const train = rows.map((row) => row[1] ?? 0);
  const validation = rows.map((row) => row[2] ?? 0);
  const top = Math.max(...train, ...validation, Number.MIN_VALUE);
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={adminStrings.training.loss}
    >
      <path d={path(train, top)} fill="none" stroke="var(--muted)" strokeWidth="1.5" />
      <path d={path(validation, top)} fill="none" stroke="var(--accent)" strokeWidth="1.8" />
    </svg>
  );
}
