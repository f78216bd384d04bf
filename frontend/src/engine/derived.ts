/** The part of the state that follows from the log, the labels, the marks and the plane that is shown. */
import { alertsOf, type DivisionAlert, type LabelDocument, type MarkBook } from "../model";
import type { EditLog } from "./edit-log";
import type { EditorSnapshot } from "./types";

export class Derived {
  private readonly document: LabelDocument;
  private readonly marks: MarkBook;
  private readonly log: EditLog;

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
    let nChecked = 0;
    for (const label of marks.checked) {
      nChecked += index.has(label) ? 1 : 0;
    }
    return {
      save: this.log.saveState,
      canUndo: this.log.history.canUndo,
      canRedo: this.log.history.canRedo,
      nEdits: this.log.nEdits,
      nRestored: this.log.nRestored,
      nInstances: index.size,
      nChecked,
      selection: index.get(selected),
      marks,
      alerts: this.alerts(snapshot),
      typeCounts: this.typeCounts(snapshot),
    };
  }

  private alerts({ compartment, alerts }: EditorSnapshot): readonly DivisionAlert[] {
    const { divisions } = this.marks.view(compartment);
    const found = alertsOf(divisions, (label) => this.document.framesOf(compartment, label));
    return JSON.stringify(found) === JSON.stringify(alerts) ? alerts : found;
  }

  private typeCounts(snapshot: EditorSnapshot): EditorSnapshot["typeCounts"] {
    const { compartment, frame, typeCounts } = snapshot;
    const index = this.document.index({ compartment, frame });
    const counts = new Map<string, number>();
    let nTyped = 0;
    for (const [label, type] of this.marks.view(compartment).types) {
      if (index.has(label)) {
        counts.set(type, (counts.get(type) ?? 0) + 1);
        nTyped++;
      }
    }
    counts.set("", index.size - nTyped);
    const isSame =
      counts.size === typeCounts.size &&
      [...counts].every(([type, n]) => typeCounts.get(type) === n);
    return isSame ? typeCounts : counts;
  }
}
