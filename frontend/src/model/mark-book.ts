/** The marks of one assignment, sorted for those who look at them. */
import type { Compartment } from "./compartments";
import type { Division } from "./divisions";
import {
  applyMarks,
  checkMark,
  type DivisionMark,
  type IgnoreMark,
  isSameMark,
  type MarkChange,
  type MarkValue,
  type NoteMark,
  parseKey,
} from "./marks";

export interface Note extends NoteMark {
  readonly id: string;
}

/** A region that training ignores. */
export interface Region extends IgnoreMark {
  readonly id: string;
}

/** The marks as one compartment sees them. What did not change keeps its identity. */
export interface MarksView {
  readonly types: ReadonlyMap<number, string>;
  readonly uncertain: ReadonlySet<number>;
  readonly checked: ReadonlySet<number>;
  /** Of all compartments and frames. */
  readonly notes: readonly Note[];
  /** Of all frames. */
  readonly regions: readonly Region[];
  readonly divisions: readonly Division[];
}

export class MarkBook {
  private readonly marks: Map<string, MarkValue>;
  private readonly views = new Map<Compartment, MarksView>();

  constructor(marks: Map<string, MarkValue> = new Map()) {
    this.marks = marks;
  }

  get(key: string): MarkValue | null {
    return this.marks.get(key) ?? null;
  }

  all(): Readonly<Record<string, MarkValue>> {
    return Object.fromEntries(this.marks);
  }

  view(compartment: Compartment): MarksView {
    let view = this.views.get(compartment);
    if (view === undefined) {
      view = sorted(this.marks, compartment);
      this.views.set(compartment, view);
    }
    return view;
  }

  /**
   * The changes that give marks these values; null takes one away. What is so already is left out.
   *
   * @throws InvalidMarks when a mark cannot have its value.
   */
  changesTo(values: Iterable<readonly [string, MarkValue | null]>): MarkChange[] {
    const changes: MarkChange[] = [];
    for (const [key, next] of new Map(values)) {
      const old = this.get(key);
      if (next !== null) {
        checkMark(key, next);
      }
      if (!isSameMark(old, next)) {
        changes.push([key, old, next]);
      }
    }
    return changes;
  }

  /**
   * Makes changes; when it throws, none was made.
   *
   * @throws DivergingMarks when a mark is not what a change says that it was.
   */
  apply(changes: readonly MarkChange[]): void {
    applyMarks(this.marks, changes);
    for (const [compartment, view] of this.views) {
      this.views.set(compartment, changed(view, compartment, changes));
    }
  }
}

function sorted(marks: ReadonlyMap<string, MarkValue>, compartment: Compartment): MarksView {
  const all = [...marks].map(([key, value]): MarkChange => [key, null, value]);
  return changed(EMPTY, compartment, all);
}

const EMPTY: MarksView = {
  types: new Map(),
  uncertain: new Set(),
  checked: new Set(),
  notes: [],
  regions: [],
  divisions: [],
};

function changed(
  view: MarksView,
  compartment: Compartment,
  changes: readonly MarkChange[],
): MarksView {
  const next = new Draft(view);
  for (const [key, , value] of changes) {
    const name = parseKey(key);
    if (name.kind === "note" || name.kind === "ignore") {
      next.pin(name, value as NoteMark & IgnoreMark);
    } else if (name.compartment !== compartment) {
    } else if (name.kind === "division") {
      const { parent, frame } = name;
      const isOld = (other: Division) => other.parent === parent && other.frame === frame;
      const division = value as DivisionMark | null;
      next.replace("divisions", isOld, division && { compartment, parent, frame, ...division });
    } else if (name.kind === "type") {
      next.type(name.label, value as string | null);
    } else {
      next.flag(name.kind, name.label, value !== null);
    }
  }
  return next.finish();
}

type Lists = Pick<MarksView, "notes" | "regions" | "divisions">;

/** A view being changed; each part is copied when it changes for the first time. */
class Draft {
  private readonly before: MarksView;
  private parts: { -readonly [K in keyof MarksView]?: MarksView[K] } = {};
  private readonly copies = new Map<string, unknown>();

  constructor(before: MarksView) {
    this.before = before;
  }

  pin(
    { kind, id }: { kind: "note" | "ignore"; id: string },
    mark: (NoteMark & IgnoreMark) | null,
  ): void {
    const list = kind === "note" ? "notes" : "regions";
    this.replace(list, (item) => item.id === id, mark && { id, ...mark });
  }

  type(label: number, type: string | null): void {
    const types = this.copy("types", () => new Map(this.before.types));
    this.parts.types = types;
    if (type === null) {
      types.delete(label);
    } else {
      types.set(label, type);
    }
  }

  flag(kind: "uncertain" | "checked", label: number, isOn: boolean): void {
    const labels = this.copy(kind, () => new Set(this.before[kind]));
    this.parts[kind] = labels;
    if (isOn) {
      labels.add(label);
    } else {
      labels.delete(label);
    }
  }

  /** Takes the old one of a list out and puts the new one, if there is one, at the end. */
  replace<K extends keyof Lists>(
    kind: K,
    isOld: (item: Lists[K][number]) => boolean,
    next: Lists[K][number] | null,
  ): void {
    const list = this.copy(kind, () => [...this.before[kind]] as Lists[K][number][]);
    this.parts[kind] = list as unknown as MarksView[K];
    const at = list.findIndex(isOld);
    if (at >= 0) {
      list.splice(at, 1);
    }
    if (next !== null) {
      list.push(next);
    }
  }

  finish(): MarksView {
    const { divisions } = this.parts;
    if (divisions !== undefined) {
      const inOrder = divisions.toSorted((a, b) => a.frame - b.frame || a.parent - b.parent);
      this.parts.divisions = inOrder;
    }
    return Object.keys(this.parts).length === 0 ? this.before : { ...this.before, ...this.parts };
  }

  private copy<T>(kind: string, make: () => T): T {
    if (!this.copies.has(kind)) {
      this.copies.set(kind, make());
    }
    return this.copies.get(kind) as T;
  }
}
