import { useSyncExternalStore } from "react";
import type { Editor, EditorSnapshot } from "../../engine";

/** One part of the editor's state; the component renders again only when this part changes. */
export function useEditorState<T>(editor: Editor, select: (state: EditorSnapshot) => T): T {
  return useSyncExternalStore(editor.state.subscribe, () => select(editor.state.getSnapshot()));
}
