import type { Editor } from "../../../engine";
import type { Note } from "../../../model";
import { Button } from "../../components/Button";
import { embedStrings } from "../../strings-embed";
import { marksStrings } from "../../strings-embed-marks";
import { useKeys } from "../keys/useKeys";
import { useEditorState } from "../useEditorState";
import { MarkList, MarkRow, RowButton } from "./MarkList";
import type { MarkPanelProps } from "./types";
import { useUncertainCells } from "./uncertain";

const text = marksStrings.notes;

/** Doubts about cells, and notes pinned to cells or places. */
export function NotesPanel({ crop, run }: MarkPanelProps) {
  const { editor, assignment } = crop;
  const notes = useEditorState(editor, (state) => state.marks.notes);
  return (
    <>
      <SelectedCell editor={editor} run={run} />
      <UncertainCells editor={editor} />
      <section aria-label={text.notes}>
        <h2>{text.notes}</h2>
        <MarkList label={text.notes} empty={text.noNotes}>
          {notes.map((note) => (
            <NoteRow key={note.id} note={note} editor={editor} nFrames={assignment.n_frames} />
          ))}
        </MarkList>
      </section>
    </>
  );
}

function SelectedCell({ editor, run }: { editor: Editor; run: (command: string) => void }) {
  const keys = useKeys();
  const tool = useEditorState(editor, (state) => state.tool);
  const selected = useEditorState(editor, (state) => state.selected);
  const isUncertain = useEditorState(editor, (state) => state.marks.uncertain.has(state.selected));
  return (
    <section aria-label={text.selected}>
      <h2>{selected > 0 ? text.cell(selected) : text.selected}</h2>
      {selected === 0 && <p className="panel-hint muted">{text.select}</p>}
      <div className="panel-actions">
        <Button
          small
          aria-pressed={isUncertain}
          disabled={selected === 0}
          title={keys.labelOf("label.uncertain")}
          onClick={() => run("label.uncertain")}
        >
          {text.uncertain}
        </Button>
        <Button
          small
          disabled={selected === 0}
          title={keys.labelOf("note.add")}
          onClick={() => run("note.add")}
        >
          {text.add}
        </Button>
        <Button
          small
          aria-pressed={tool === "note"}
          title={keys.labelOf("tool.note")}
          onClick={() => (tool === "note" ? editor.setTool("select") : run("tool.note"))}
        >
          {text.pin}
        </Button>
      </div>
    </section>
  );
}

function UncertainCells({ editor }: { editor: Editor }) {
  const cells = useUncertainCells(editor);
  const selected = useEditorState(editor, (state) => state.selected);
  if (cells.length === 0) return null;
  const go = (label: number, frames: readonly number[]) => {
    const { frame } = editor.state.getSnapshot();
    editor.goTo({ label, frame: frames.includes(frame) ? frame : frames[0] });
  };
  return (
    <section aria-label={text.uncertainCells}>
      <h2>{text.uncertainCells}</h2>
      <div className="chip-list">
        {cells.map(({ label, frames }) => (
          <button
            key={label}
            type="button"
            className="chip"
            aria-current={label === selected}
            onClick={() => go(label, frames)}
          >
            {text.cell(label)}
          </button>
        ))}
      </div>
    </section>
  );
}

function NoteRow({ note, editor, nFrames }: { note: Note; editor: Editor; nFrames: number }) {
  const { id, compartment, frame, label, row, column } = note;
  const place = [
    label > 0 ? text.cell(label) : embedStrings.status.at(Math.round(row), Math.round(column)),
    ...(nFrames > 1 ? [`${embedStrings.frame} ${frame + 1}`] : []),
  ].join(", ");
  return (
    <MarkRow
      onGo={() => editor.goTo({ compartment, frame, label, row, column })}
      actions={
        <>
          <RowButton icon="edit" label={text.edit(place)} onClick={() => editor.editNote(id)} />
          <RowButton
            icon="remove"
            label={text.remove(place)}
            onClick={() => editor.deleteNote(id)}
          />
        </>
      }
    >
      <span className="mark-text">{note.text}</span>
      <span className="muted">{place}</span>
    </MarkRow>
  );
}
