import { type MouseEvent, useEffect, useState } from "react";
import type { Assignment } from "../../api";
import type { Editor } from "../../engine";
import { Button } from "../components/Button";
import { Logo } from "../components/Logo";
import { strings } from "../strings";
import { embedStrings } from "../strings-embed";
import { IconButton } from "./icons";
import type { PageCommand } from "./keys/actions";
import { useKeys } from "./keys/useKeys";
import { MenuButton } from "./MenuButton";
import { SavedState } from "./SavedState";
import { useEditorState } from "./useEditorState";

const text = embedStrings;
const IN_MENU = [
  "page.check",
  "page.save",
  "page.download",
  "page.tutorial",
] as const satisfies readonly PageCommand[];

interface TopBarProps {
  editor: Editor;
  assignment: Assignment;
  leaving: "submit" | "skip" | null;
  isChecking: boolean;
  panelOpen: boolean;
  run: (command: string) => void;
  onSkip: () => void;
}

export function TopBar(props: TopBarProps) {
  const { editor, leaving, run } = props;
  const keys = useKeys();
  const canUndo = useEditorState(editor, (state) => state.canUndo);
  const canRedo = useEditorState(editor, (state) => state.canRedo);
  const canLeave = useEditorState(editor, (state) => state.phase === "ready" && state.editable);
  const locked = leaving !== null;
  return (
    <header className="top-bar">
      <Logo size={22} />
      <h1 className="visually-hidden">{text.heading(props.assignment.id)}</h1>
      <CompartmentSwitch editor={editor} compartments={props.assignment.compartments} />
      <div className="top-group">
        <IconButton
          icon="undo"
          label={text.actions.undo}
          keys={keys.labelOf("history.undo")}
          disabled={!canUndo || locked}
          onClick={() => run("history.undo")}
        />
        <IconButton
          icon="redo"
          label={text.actions.redo}
          keys={keys.labelOf("history.redo")}
          disabled={!canRedo || locked}
          onClick={() => run("history.redo")}
        />
      </div>
      <span className="top-space" />
      <SavedState editor={editor} />
      <div className="top-group">
        <IconButton
          icon="find"
          label={text.page["page.palette"]}
          keys={keys.labelOf("page.palette")}
          onClick={() => run("page.palette")}
        />
        <IconButton
          icon="help"
          label={text.page["page.help"]}
          keys={keys.labelOf("page.help")}
          onClick={() => run("page.help")}
        />
        <IconButton
          icon="panel"
          label={text.actions.panel}
          keys={keys.labelOf("page.panel")}
          pressed={props.panelOpen}
          onClick={() => run("page.panel")}
        />
        <MenuButton
          icon="more"
          label={text.actions.menu}
          items={IN_MENU.map((id) => ({
            id,
            label: text.page[id],
            keyName: keys.labelOf(id),
            disabled: locked && id !== "page.download",
          }))}
          onChoose={run}
        />
      </div>
      <SkipButton
        hasWork={canUndo}
        isSkipping={leaving === "skip"}
        disabled={locked || !canLeave}
        onSkip={props.onSkip}
      />
      <Button
        small
        tone="primary"
        disabled={locked || !canLeave || props.isChecking}
        onClick={() => run("page.submit")}
      >
        {submitWords(leaving, props.isChecking)}
      </Button>
    </header>
  );
}

const ASKING_MS = 5000;

interface SkipButtonProps {
  /** Skipping throws it away. */
  hasWork: boolean;
  isSkipping: boolean;
  disabled: boolean;
  onSkip: () => void;
}

/** Skips at a press; where that costs edits it asks for a second one. No dialog: a sandboxed frame has none. */
function SkipButton({ hasWork, isSkipping, disabled, onSkip }: SkipButtonProps) {
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (!isAsking) return;
    const timer = setTimeout(() => setAsking(false), ASKING_MS);
    return () => clearTimeout(timer);
  }, [isAsking]);
  const press = (event: MouseEvent) => {
    // The second click of a double-click answers nothing: the question was not there to be read.
    if (event.detail > 1) return;
    setAsking(hasWork && !isAsking);
    if (!hasWork || isAsking) onSkip();
  };
  return (
    <Button small tone={isAsking ? "danger" : "quiet"} disabled={disabled} onClick={press}>
      {isSkipping ? text.actions.skipping : text.actions[isAsking ? "skipSure" : "skip"]}
    </Button>
  );
}

function submitWords(leaving: TopBarProps["leaving"], isChecking: boolean): string {
  if (leaving === "submit") return text.actions.submitting;
  return isChecking ? text.checks.checking : text.actions.submit;
}

function CompartmentSwitch(props: { editor: Editor; compartments: Assignment["compartments"] }) {
  const { editor, compartments } = props;
  const keys = useKeys();
  const current = useEditorState(editor, (state) => state.compartment);
  return (
    <fieldset className="segmented" title={keys.labelOf("compartment.next")}>
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
