/** The part of the state that follows from the log, the labels, the marks and the plane that is shown. */
import {
  alertsOf,
  type DivisionAlert,
  type InstanceIndex,
  type LabelDocument,
  type MarkBook,
  type MarksView,
} from "../model";
import type { EditLog } from "./edit-log";
import type { EditorSnapshot, LabelPlace } from "./snapshot";

type Counts = Pick<EditorSnapshot, "nChecked" | "typeCounts">;

export class Derived {
  private readonly document: LabelDocument;
  private readonly marks: MarkBook;
  private readonly log: EditLog;
  /** What each part was computed from; none is computed twice. */
  private counted: readonly unknown[] = [];
  private placed: readonly unknown[] = [];
  private judged: readonly unknown[] = [];

  constructor(document: LabelDocument, marks: MarkBook, log: EditLog) {
    this.document = document;
    this.marks = marks;
    this.log = log;
  }

  /** What may have changed since the snapshot; what is the same keeps its identity. */
  of(snapshot: EditorSnapshot): Partial<EditorSnapshot> {
    const { compartment, frame, selected } = snapshot;
    const index = this.document.index({ compartment, frame });
    const marks = this.marks.view(compartment);
    return {
      save: this.log.saveState,
      canUndo: this.log.history.canUndo,
      canRedo: this.log.history.canRedo,
      nEdits: this.log.nEdits,
      nRestored: this.log.nRestored,
      nInstances: index.size,
      selection: index.get(selected),
      marks,
      uncertainPlaces: this.places(index, marks, snapshot),
      alerts: this.alerts(marks, snapshot),
      ...this.counts(index, marks, snapshot),
    };
  }

  private places(
    index: InstanceIndex,
    { uncertain }: MarksView,
    { uncertainPlaces }: EditorSnapshot,
  ): readonly LabelPlace[] {
    const from = [index, uncertain, this.log.nEdits];
    if (isSame(from, this.placed)) {
      return uncertainPlaces;
    }
    this.placed = from;
    const found = [...uncertain].flatMap((label) => {
      const centre = index.centreOf(label);
      return centre === null ? [] : [{ label, row: centre.row, column: centre.col }];
    });
    return isSamePlaces(found, uncertainPlaces) ? uncertainPlaces : found;
  }

  private alerts(
    { divisions }: MarksView,
    { compartment, alerts }: EditorSnapshot,
  ): readonly DivisionAlert[] {
    const from = [divisions, this.log.nEdits];
    if (isSame(from, this.judged)) {
      return alerts;
    }
    this.judged = from;
    const found = alertsOf(divisions, (label) => this.document.framesOf(compartment, label));
    return JSON.stringify(found) === JSON.stringify(alerts) ? alerts : found;
  }

  private counts(index: InstanceIndex, marks: MarksView, snapshot: EditorSnapshot): Counts {
    const from = [index, index.nComings, marks.types, marks.checked];
    if (isSame(from, this.counted)) {
      return { nChecked: snapshot.nChecked, typeCounts: snapshot.typeCounts };
    }
    this.counted = from;
    let nChecked = 0;
    for (const label of marks.checked) {
      nChecked += index.has(label) ? 1 : 0;
    }
    const typeCounts = new Map<string, number>();
    let nTyped = 0;
    for (const [label, type] of marks.types) {
      if (index.has(label)) {
        typeCounts.set(type, (typeCounts.get(type) ?? 0) + 1);
        nTyped++;
      }
    }
    typeCounts.set("", index.size - nTyped);
    return { nChecked, typeCounts };
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function isSamePlaces(a: readonly LabelPlace[], b: readonly LabelPlace[]): boolean {
  const isSameAt = ({ label, row, column }: LabelPlace, i: number) =>
    label === b[i].label && row === b[i].row && column === b[i].column;
  return a.length === b.length && a.every(isSameAt);
}
