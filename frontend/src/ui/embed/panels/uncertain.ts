import { useMemo } from "react";
import type { Editor } from "../../../engine";
import { useEditorState } from "../useEditorState";

export interface UncertainCell {
  readonly label: number;
  /** Where it has pixels: at least one. */
  readonly frames: readonly number[];
}

/** The cells of the shown compartment that are flagged; a flag on a label without pixels is not shown. */
export function useUncertainCells(editor: Editor): readonly UncertainCell[] {
  const compartment = useEditorState(editor, (state) => state.compartment);
  const uncertain = useEditorState(editor, (state) => state.marks.uncertain);
  const nEdits = useEditorState(editor, (state) => state.nEdits);
  // biome-ignore lint/correctness/useExhaustiveDependencies: edits change the labels in place.
  return useMemo(
    () =>
      [...uncertain]
        .map((label) => ({ label, frames: editor.framesOf(compartment, label) }))
        .filter(({ frames }) => frames.length > 0),
    [editor, compartment, uncertain, nEdits],
  );
}
