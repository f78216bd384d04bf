/** What follows for the marks when pixels change: it goes into the same edit. */
import {
  isMarkable,
  type LabelDiff,
  type LabelDocument,
  labelKey,
  type MarkBook,
  type MarkChange,
  type MarkValue,
  type Renaming,
  renamedMarks,
  vanishedMarks,
} from "../model";

export type MarkEntry = readonly [key: string, value: MarkValue | null];

/** The changes of marks of an edit whose pixels have changed already; `said` comes last and counts. */
export function marksAfter(
  document: LabelDocument,
  marks: MarkBook,
  diffs: readonly LabelDiff[],
  said: readonly MarkEntry[],
): MarkChange[] {
  return marks.changesTo([
    ...diffs.flatMap((diff) => unchecked(marks, diff)),
    ...diffs.flatMap((diff) => vanished(document, marks, diff)),
    ...said,
  ]);
}

/** A cell that was accepted is no longer what was accepted. */
function unchecked(marks: MarkBook, diff: LabelDiff): MarkEntry[] {
  const { checked } = marks.view(diff.compartment);
  return checked.size === 0
    ? []
    : [...labelsOf(diff)]
        .filter((label) => checked.has(label))
        .map((label) => [labelKey("checked", diff.compartment, label), null]);
}

/** No division has a label without pixels. */
function vanished(document: LabelDocument, marks: MarkBook, diff: LabelDiff): MarkEntry[] {
  const { compartment } = diff;
  const view = marks.view(compartment);
  if (view.divisions.length === 0) {
    return [];
  }
  const index = document.index(diff);
  const isGone = (label: number) =>
    !index.has(label) && document.framesOf(compartment, label).length === 0;
  const named = new Set(view.divisions.flatMap(({ parent, daughters }) => [parent, ...daughters]));
  const gone = [...labelsOf(diff)].filter((label) => named.has(label) && isGone(label));
  return gone.length === 0 ? [] : vanishedMarks(view, new Set(gone));
}

/** The labels that a diff takes pixels from or gives them to. */
export function labelsOf({ runs }: LabelDiff): Set<number> {
  const labels = new Set<number>();
  let [lastOld, lastNext] = [0, 0];
  for (let i = 0; i < runs.length; i += 4) {
    if (runs[i + 2] !== lastOld) {
      lastOld = runs[i + 2];
      labels.add(lastOld);
    }
    if (runs[i + 3] !== lastNext) {
      lastNext = runs[i + 3];
      labels.add(lastNext);
    }
  }
  labels.delete(0);
  return labels;
}

export type LabelRenaming = Pick<Renaming, "compartment" | "names" | "frames">;

/** What a renaming does to marks. To be asked before the pixels change. */
export function marksOfRenaming(
  document: LabelDocument,
  marks: MarkBook,
  renaming: LabelRenaming,
): MarkEntry[] {
  const { compartment, names, frames } = renaming;
  const staysIn = (label: number) =>
    document.framesOf(compartment, label).some((frame) => !frames.has(frame));
  const isTaken: Renaming["isTaken"] = (label) =>
    names.has(label) ? staysIn(label) : document.framesOf(compartment, label).length > 0;
  const moved = [...names.keys()].filter((label) => isMarkable(label) && !staysIn(label));
  const isSound = [...names.values()].every((label) => label === 0 || isMarkable(label));
  return isSound ? renamedMarks(marks.view(compartment), { ...renaming, moved, isTaken }) : [];
}
