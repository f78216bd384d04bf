import { formatMoment } from "../format";
import { strings } from "../strings";

/** A moment in the reader's own time zone. */
export function Moment({ iso }: { iso: string | null }) {
  if (!iso) return strings.common.none;
  return <time dateTime={iso}>{formatMoment(iso)}</time>;
}
