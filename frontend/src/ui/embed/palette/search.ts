import type { KeyAction } from "../keys/actions";

/** Actions with every word of the query in their name, those that begin with it first. */
export function searchActions(actions: readonly KeyAction[], query: string): readonly KeyAction[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = actions.filter(({ label }) =>
    words.every((word) => label.toLowerCase().includes(word)),
  );
  const rank = ({ label }: KeyAction) =>
    words.length > 0 && label.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1;
  return found.toSorted((a, b) => rank(a) - rank(b));
}
