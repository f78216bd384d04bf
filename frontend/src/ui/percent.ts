/** A share as percent, with two decimals where they are needed. */
export function percentOf(share: number): string {
  return String(Number((100 * share).toFixed(2)));
}
