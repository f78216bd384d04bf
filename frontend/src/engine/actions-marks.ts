/** What is said of the selected label: type, flag, acceptance; and notes and regions. Each is one step. */
import { isMarkable, isNoteText, type LabelMarkKind, labelKey, MAX_NOTE_LETTERS } from "../model";
import { SELECT_FIRST } from "./notices";
import type { ToolContext } from "./tools/context";
import type { NoteDraft } from "./work";

const TOO_LARGE = "This label is too large to be marked. Give it a new label first.";

/** Whether the label can be marked here; says why not. */
export function canMark(context: ToolContext, label: number): boolean {
  if (!context.document.index(context.plane).has(label)) {
    context.say(SELECT_FIRST);
    return false;
  }
  if (!isMarkable(label)) {
    context.say(TOO_LARGE);
  }
  return isMarkable(label);
}

/** Sets or takes away what is said of one label. */
export function markLabel(
  context: ToolContext,
  kind: LabelMarkKind,
  label: number,
  value: string | true | null,
): boolean {
  const key = labelKey(kind, context.plane.compartment, label);
  return canMark(context, label) && context.mark(kind, [[key, value]]);
}

/** Gives the selected label a type; null takes it away. */
export function typeSelected(context: ToolContext, type: string | null): boolean {
  return markLabel(context, "type", context.snapshot.selected, type);
}

/** Makes a type the active one and gives it to the selected label, if there is one. */
export function chooseType(context: ToolContext, type: string | null): boolean {
  if (type === null) {
    context.say("No cell type has this key.");
    return false;
  }
  context.useType(type);
  return context.snapshot.selection === null || typeSelected(context, type);
}

/** The type with this digit; null when there is none. */
export function typeOfDigit(context: ToolContext, digit: number): string | null {
  return context.snapshot.cellTypes.find(({ hotkey }) => hotkey === digit)?.id ?? null;
}

export function flagSelected(context: ToolContext): boolean {
  const { selected, marks } = context.snapshot;
  return markLabel(context, "uncertain", selected, marks.uncertain.has(selected) ? null : true);
}

/** Begins a note at the centre of the selected label. */
export function noteSelected(context: ToolContext): boolean {
  const { selected, selection } = context.snapshot;
  if (selection === null) {
    context.say(SELECT_FIRST);
    return false;
  }
  const { row, col } = selection.centroid;
  const label = isMarkable(selected) ? selected : 0;
  context.writeNote({ id: null, ...context.plane, label, row, column: col, text: "" });
  return true;
}

/** Opens a note and shows its place. */
export function openNote(context: ToolContext, id: string): boolean {
  const note = context.snapshot.marks.notes.find((each) => each.id === id);
  if (note === undefined) {
    return false;
  }
  context.goTo({ ...note, label: note.label || undefined });
  context.writeNote(note);
  return true;
}

/** Ends the note that is being written; without text it is deleted. */
export function saveNote(context: ToolContext, text: string): boolean {
  const draft = context.snapshot.work.noteDraft;
  const written = text.trim();
  if (draft === null) {
    return false;
  }
  if (written !== "" && !isNoteText(written)) {
    context.say(`A note has at most ${MAX_NOTE_LETTERS} letters.`);
    return false;
  }
  context.writeNote(null);
  const { id, ...place } = draft;
  const key = `note/${id ?? context.newId()}`;
  return context.mark("note", [
    [key, written === "" ? null : { ...noteFields(place), text: written }],
  ]);
}

/** Pins a note to another place, and to the label there. */
export function moveNote(context: ToolContext, id: string, place: NoteDraft): boolean {
  return context.mark("note", [[`note/${id}`, noteFields(place)]]);
}

function noteFields({ compartment, label, frame, row, column, text }: Omit<NoteDraft, "id">) {
  const [r, c] = [rounded(row), rounded(column)];
  return { compartment, label, frame, row: r, column: c, text };
}

/** A mark whose id is given goes. */
export function removeMark(context: ToolContext, kind: "note" | "ignore", id: string): boolean {
  return context.mark(kind, [[`${kind}/${id}`, null]]);
}

export function deleteRegion(context: ToolContext): boolean {
  const { selectedRegion } = context.snapshot.work;
  context.chooseRegion(null);
  return selectedRegion !== null && removeMark(context, "ignore", selectedRegion);
}

/** Places are kept to a hundredth of a pixel. */
export function rounded(place: number): number {
  return Math.round(place * 100) / 100;
}
