import { Suspense } from "react";
import type { Editor, Viewport } from "../../../engine";
import { late } from "../late";
import { loadPanels } from "../late-parts";
import { useEditorState } from "../useEditorState";

const NoteEditor = late(async () => (await loadPanels()).NoteEditor);

/** The note that is being written, if any. */
export function OpenNote({ editor, viewport }: { editor: Editor; viewport: Viewport }) {
  const draft = useEditorState(editor, (state) => state.work.noteDraft);
  if (!draft) return null;
  return (
    <Suspense fallback={null}>
      <NoteEditor
        key={`${draft.id} ${draft.row} ${draft.column}`}
        editor={editor}
        draft={draft}
        viewport={viewport}
      />
    </Suspense>
  );
}
