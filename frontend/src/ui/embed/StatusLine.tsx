import type { Assignment } from "../../api";
import { type Editor, type EditorSnapshot, findCommand, type Hover } from "../../engine";
import { embedStrings } from "../strings-embed";
import { useKeys } from "./keys/useKeys";
import { useEditorState } from "./useEditorState";

const text = embedStrings.status;

const ZOOM_COMMANDS = [
  ["view.zoom_out", "−"],
  ["view.zoom_in", "+"],
  ["view.fit", text.fit],
  ["view.actual_size", "1:1"],
] as const;

interface StatusLineProps {
  editor: Editor;
  assignment: Assignment;
  run: (command: string) => void;
}

/** Below the crop: what lies under the pointer, what is selected, and the zoom. */
export function StatusLine({ editor, assignment, run }: StatusLineProps) {
  const keys = useKeys();
  const hover = useEditorState(editor, (state) => state.hover);
  const selected = useEditorState(editor, (state) => state.selected);
  const area = useEditorState(editor, (state) => state.selection?.areaPx ?? 0);
  const said = useEditorState(editor, (state) => whatIsSaid(state));
  const nInstances = useEditorState(editor, (state) => state.nInstances);
  const nChecked = useEditorState(editor, (state) => state.nChecked);
  const zoom = useEditorState(editor, (state) => state.camera.zoom);
  const isExposed = useEditorState(
    editor,
    (state) => !state.journalWorks && state.save.kind !== "saved",
  );
  return (
    <footer className="status-line">
      <span className="under-pointer">
        {isExposed && embedStrings.banner.noJournal}
        {!isExposed && hover && hoverWords(hover, assignment)}
      </span>
      {selected > 0 && (
        <span>{[text.selected(selected, area), said].filter(Boolean).join(", ")}</span>
      )}
      {nChecked > 0 && (
        <progress
          className="checked-share"
          aria-label={text.checked(nChecked, nInstances)}
          value={nChecked}
          max={nInstances}
        />
      )}
      <span>{nChecked > 0 ? text.checked(nChecked, nInstances) : text.cells(nInstances)}</span>
      <span className="zoom" role="toolbar" aria-label={text.zoom}>
        {ZOOM_COMMANDS.map(([command, sign]) => (
          <button
            key={command}
            type="button"
            aria-label={sign.length === 1 ? findCommand(command)?.label : sign}
            title={`${findCommand(command)?.label} (${keys.labelOf(command) ?? "–"})`}
            onClick={() => run(command)}
          >
            {sign}
          </button>
        ))}
        <output>{Math.round(zoom * 100)} %</output>
      </span>
    </footer>
  );
}

/** What the marks of the selected cell say of it, in words. */
function whatIsSaid({ selected, marks, cellTypes }: EditorSnapshot): string {
  const id = marks.types.get(selected);
  const type = id === undefined ? "" : (cellTypes.find((known) => known.id === id)?.name ?? id);
  const flags = [
    marks.uncertain.has(selected) && text.uncertain,
    marks.checked.has(selected) && text.isChecked,
  ];
  return [type, ...flags].filter(Boolean).join(", ");
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
