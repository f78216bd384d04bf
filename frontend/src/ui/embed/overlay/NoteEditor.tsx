import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Editor, NoteDraft, Viewport } from "../../../engine";
import { MAX_NOTE_LETTERS } from "../../../model";
import { Button } from "../../components/Button";
import { strings } from "../../strings";
import { marksStrings } from "../../strings-embed-marks";
import { useEditorState } from "../useEditorState";

const text = marksStrings.editor;
const BOX = { width: 264, height: 176 };
const GAP_PX = 12;
/** Room that the pin and what it stands on keep. */
const PIN_PX = 26;

interface NoteEditorProps {
  editor: Editor;
  draft: NoteDraft;
  viewport: Viewport;
}

/** What is written about a cell or a place, beside its pin. No form: a sandboxed frame submits none. */
export function NoteEditor({ editor, draft, viewport }: NoteEditorProps) {
  const camera = useEditorState(editor, (state) => state.camera);
  const [words, setWords] = useState(draft.text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const pin = {
    x: (draft.column + 0.5 - camera.left) * camera.zoom,
    y: (draft.row + 0.5 - camera.top) * camera.zoom,
  };
  const place = draft.label > 0 ? marksStrings.notes.cell(draft.label) : text.place;

  const save = () => {
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
    <section
      className="note-editor"
      aria-label={text.title(place)}
      style={besides(pin, viewport)}
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
        <Button
          small
          tone="primary"
          disabled={words.trim() === ""}
          title={text.keys}
          onClick={save}
        >
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
    </section>
  );
}

/** Right of the pin, or left, or else below or above it: the place stays in sight. */
function besides(pin: { x: number; y: number }, { width, height }: Viewport) {
  const most = { left: width - BOX.width - GAP_PX, top: height - BOX.height - GAP_PX };
  const rows = { top: within(pin.y - GAP_PX, most.top) };
  const right = pin.x + PIN_PX;
  if (right <= most.left) return { left: Math.max(GAP_PX, right), ...rows };
  const left = pin.x - PIN_PX - BOX.width;
  if (left >= GAP_PX) return { left, ...rows };
  const below = pin.y + PIN_PX;
  const top = below <= most.top ? below : pin.y - PIN_PX - BOX.height;
  return { left: within(pin.x - BOX.width / 2, most.left), top: within(top, most.top) };
}

function within(value: number, most: number): number {
  return Math.max(GAP_PX, Math.min(value, most));
}
