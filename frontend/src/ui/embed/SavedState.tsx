import type { Editor, SaveState } from "../../engine";
import { embedStrings } from "../strings-embed";
import { useEditorState } from "./useEditorState";

const text = embedStrings.save;

export function saveWords(save: SaveState): string {
  switch (save.kind) {
    case "saved":
      return text.saved;
    case "saving":
      return text.saving(save.nUnsaved);
    case "offline":
      return text.offline(save.nUnsaved);
    case "conflict":
      return text.conflict;
    case "closed":
      return text.closed;
  }
}

const TONES: Record<SaveState["kind"], string> = {
  saved: "ok",
  saving: "active",
  offline: "warning",
  conflict: "danger",
  closed: "danger",
};

/** The state of saving, always visible and in words. */
export function SavedState({ editor }: { editor: Editor }) {
  const save = useEditorState(editor, (state) => state.save);
  return (
    <span
      className={`pill pill-${TONES[save.kind]} saved-state`}
      role="status"
      aria-live="polite"
      title={saveWords(save)}
    >
      {saveWords(save)}
    </span>
  );
}
