import type { Assignment } from "../../api";
import type { Editor } from "../../engine";
import { Button } from "../components/Button";
import { Logo } from "../components/Logo";
import { strings } from "../strings";
import { embedStrings } from "../strings-embed";
import { IconButton } from "./icons";
import { keyOf } from "./keys";
import { SavedState } from "./SavedState";
import { useEditorState } from "./useEditorState";

const text = embedStrings;

interface TopBarProps {
  editor: Editor;
  assignment: Assignment;
  leaving: "submit" | "skip" | null;
  panelOpen: boolean;
  onPanel: () => void;
  onSubmit: () => void;
  onSkip: () => void;
}

export function TopBar(props: TopBarProps) {
  const { editor, leaving } = props;
  const canUndo = useEditorState(editor, (state) => state.canUndo);
  const canRedo = useEditorState(editor, (state) => state.canRedo);
  const canLeave = useEditorState(editor, (state) => state.phase === "ready" && state.editable);
  const locked = leaving !== null;
  return (
    <header className="top-bar">
      <Logo size={22} />
      <CompartmentSwitch editor={editor} compartments={props.assignment.compartments} />
      <div className="top-group">
        <IconButton
          icon="undo"
          label={text.actions.undo}
          keys={keyOf("history.undo")}
          disabled={!canUndo || locked}
          onClick={() => editor.run("history.undo")}
        />
        <IconButton
          icon="redo"
          label={text.actions.redo}
          keys={keyOf("history.redo")}
          disabled={!canRedo || locked}
          onClick={() => editor.run("history.redo")}
        />
      </div>
      <BrushSize editor={editor} />
      <span className="top-space" />
      <SavedState editor={editor} />
      <IconButton
        icon="panel"
        label={text.actions.panel}
        pressed={props.panelOpen}
        onClick={props.onPanel}
      />
      <Button small tone="quiet" disabled={locked || !canLeave} onClick={props.onSkip}>
        {leaving === "skip" ? text.actions.skipping : text.actions.skip}
      </Button>
      <Button small tone="primary" disabled={locked || !canLeave} onClick={props.onSubmit}>
        {leaving === "submit" ? text.actions.submitting : text.actions.submit}
      </Button>
    </header>
  );
}

function CompartmentSwitch(props: { editor: Editor; compartments: Assignment["compartments"] }) {
  const { editor, compartments } = props;
  const current = useEditorState(editor, (state) => state.compartment);
  return (
    <fieldset className="segmented" title={keyOf("compartment.next")}>
      <legend className="visually-hidden">{text.compartment}</legend>
      {compartments.map((name) => (
        <label key={name} data-checked={name === current}>
          <input
            type="radio"
            name="compartment"
            className="visually-hidden"
            checked={name === current}
            onChange={() => editor.setCompartment(name)}
          />
          {strings.compartments[name]}
        </label>
      ))}
    </fieldset>
  );
}

const LARGEST_RADIUS_PX = 60;

function BrushSize({ editor }: { editor: Editor }) {
  const radius = useEditorState(editor, (state) => state.brushRadiusPx);
  return (
    <label
      className="brush-size"
      title={`${text.brushRadius} (${keyOf("brush.smaller")} ${keyOf("brush.larger")})`}
    >
      <span>{text.brushSize}</span>
      <input
        type="range"
        min={1}
        max={LARGEST_RADIUS_PX}
        value={Math.min(radius, LARGEST_RADIUS_PX)}
        aria-label={text.brushRadius}
        onChange={(event) => editor.setBrushRadius(Number(event.target.value))}
      />
      <output className="number">{Math.round(radius)}</output>
    </label>
  );
}
