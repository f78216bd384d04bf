/** How marks follow labels that are renamed or vanish, in the same edit as the pixels. */
import type { Compartment } from "./compartments";
import type { Division } from "./divisions";
import type { MarksView } from "./mark-book";
import { divisionKey, labelKey, MAX_DAUGHTERS, type MarkValue } from "./marks";

/** Labels that get other names in some frames of a compartment; 0 for none any more. */
export interface Renaming {
  readonly compartment: Compartment;
  readonly names: ReadonlyMap<number, number>;
  readonly frames: ReadonlySet<number>;
  /** The labels of which every pixel is renamed: what is said of them goes with them. */
  readonly moved: readonly number[];
  /** Whether a label has pixels that keep their name. */
  readonly isTaken: (label: number) => boolean;
}

type Value = readonly [key: string, value: MarkValue | null];

/** The marks that a renaming changes, in an order in which the last of a key counts. */
export function renamedMarks(view: MarksView, renaming: Renaming): Value[] {
  return [
    ...renamedDivisions(view.divisions, renaming),
    ...movedMarks(view, renaming),
    ...movedNotes(view, renaming),
  ];
}

/** A parent is named in the frame before the division, daughters in its frame. */
function renamedDivisions(divisions: readonly Division[], { names, frames }: Renaming): Value[] {
  const nameIn = (label: number, frame: number) =>
    frames.has(frame) ? (names.get(label) ?? label) : label;
  const after = new Map<string, Set<number>>();
  const values: Value[] = [];
  for (const { compartment, parent, frame, daughters } of divisions) {
    const to = nameIn(parent, frame - 1);
    const key = divisionKey(compartment, to, frame);
    const held = after.get(key) ?? new Set();
    for (const label of daughters) {
      held.add(nameIn(label, frame));
    }
    held.delete(0);
    held.delete(to);
    if (to !== 0 && held.size > 0) {
      after.set(key, held);
    }
    values.push([divisionKey(compartment, parent, frame), null]);
  }
  for (const [key, held] of after) {
    const daughters = [...held].sort((a, b) => a - b).slice(0, MAX_DAUGHTERS);
    values.push([key, { daughters }]);
  }
  return values;
}

/** Type and flag of every label that moves as a whole to a name that nobody else has. */
function movedMarks(view: MarksView, { compartment, names, moved, isTaken }: Renaming): Value[] {
  const movers = moved
    .map((label) => ({ label, to: names.get(label) ?? label }))
    .filter(({ to }) => to !== 0 && !isTaken(to));
  const cleared = movers.flatMap(({ label }): Value[] => [
    [labelKey("type", compartment, label), null],
    [labelKey("uncertain", compartment, label), null],
  ]);
  const set = movers.flatMap(({ label, to }): Value[] => [
    [labelKey("type", compartment, to), view.types.get(label) ?? null],
    [labelKey("uncertain", compartment, to), view.uncertain.has(label) || null],
  ]);
  return [...cleared, ...set];
}

function movedNotes(view: MarksView, { compartment, names, moved }: Renaming): Value[] {
  return view.notes.flatMap(({ id, ...note }): Value[] => {
    const to = note.compartment === compartment ? names.get(note.label) : undefined;
    return to && moved.includes(note.label) ? [[`note/${id}`, { ...note, label: to }]] : [];
  });
}

/** The divisions without the labels that have no pixel any more. */
export function vanishedMarks(view: MarksView, gone: ReadonlySet<number>): Value[] {
  return view.divisions.map(({ compartment, parent, frame, daughters }) => {
    const left = daughters.filter((label) => !gone.has(label));
    const isOver = gone.has(parent) || left.length === 0;
    return [divisionKey(compartment, parent, frame), isOver ? null : { daughters: left }];
  });
}
