import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Editor, NoteDraft, Viewport } from "../../../engine";
import { MAX_NOTE_LETTERS } from "../../../model";
import { Button } from "../../components/Button";
import { strings } from "../../strings";
import { marksStrings } from "../../strings-embed-marks";
import { useEditorState } from "../useEditorState";

const text = marksStrings.editor;
const BOX = { width: 264, height: 176 };
const GAP_PX = 12;

interface NoteEditorProps {
  editor: Editor;
  draft: NoteDraft;
  viewport: Viewport;
}

/** What is written about a cell or a place, beside its pin. */
export function NoteEditor({ editor, draft, viewport }: NoteEditorProps) {
  const camera = useEditorState(editor, (state) => state.camera);
  const [words, setWords] = useState(draft.text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const x = (draft.column + 0.5 - camera.left) * camera.zoom + GAP_PX;
  const y = (draft.row + 0.5 - camera.top) * camera.zoom;
  const place = draft.label > 0 ? marksStrings.notes.cell(draft.label) : text.place;

  const save = (event?: FormEvent) => {
    event?.preventDefault();
    if (words.trim() === "") editor.cancelNote();
    else editor.saveNote(words.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") editor.cancelNote();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <form
      className="note-editor"
      aria-label={text.title(place)}
      style={{
        left: within(x, viewport.width - BOX.width - GAP_PX),
        top: within(y, viewport.height - BOX.height - GAP_PX),
      }}
      onSubmit={save}
      onKeyDown={onKeyDown}
    >
      <h2>{text.title(place)}</h2>
      <textarea
        ref={field}
        className="input"
        aria-label={text.text}
        placeholder={text.text}
        maxLength={MAX_NOTE_LETTERS}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <div className="actions">
        <Button small tone="primary" type="submit" disabled={words.trim() === ""} title={text.keys}>
          {text.save}
        </Button>
        <Button small tone="quiet" onClick={() => editor.cancelNote()}>
          {strings.common.cancel}
        </Button>
        {draft.id !== null && (
          <Button small tone="danger" onClick={() => editor.saveNote("")}>
            {text.delete}
          </Button>
        )}
      </div>
    </form>
  );
}

function within(value: number, most: number): number {
  return Math.max(GAP_PX, Math.min(value, most));
}
