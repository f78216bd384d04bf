import type { Assignment } from "../../api";
import type { Editor, Hover } from "../../engine";
import { embedStrings } from "../strings-embed";
import { useEditorState } from "./useEditorState";

const text = embedStrings.status;

/** Below the crop: what the tool does, and what lies under the pointer. */
export function StatusLine({ editor, assignment }: { editor: Editor; assignment: Assignment }) {
  const tool = useEditorState(editor, (state) => state.tool);
  const hover = useEditorState(editor, (state) => state.hover);
  const selected = useEditorState(editor, (state) => state.selected);
  const area = useEditorState(editor, (state) => state.selection?.areaPx ?? 0);
  const nInstances = useEditorState(editor, (state) => state.nInstances);
  const zoom = useEditorState(editor, (state) => state.camera.zoom);
  const isExposed = useEditorState(
    editor,
    (state) => !state.journalWorks && state.save.kind !== "saved",
  );
  return (
    <footer className="status-line">
      <span className="hint">
        {isExposed ? embedStrings.banner.noJournal : embedStrings.hints[tool]}
      </span>
      {hover && <span className="under-pointer">{hoverWords(hover, assignment)}</span>}
      {selected > 0 && <span>{text.selected(selected, area)}</span>}
      <span>{text.cells(nInstances)}</span>
      <span>{Math.round(zoom * 100)} %</span>
    </footer>
  );
}

function hoverWords(hover: Hover, { channels }: Assignment): string {
  const values = hover.values.flatMap((value, index) =>
    value === null ? [] : [`${channels[index]?.name ?? index} ${roundedTo4(value)}`],
  );
  const what = hover.label === 0 ? text.background : text.label(hover.label);
  return [text.at(hover.row, hover.col), what, ...values].join(" · ");
}

function roundedTo4(value: number): string {
  return String(Number(value.toPrecision(4)));
}
