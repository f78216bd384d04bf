import { useLayoutEffect, useRef, useState } from "react";
import type { Command, Editor } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { iconOf } from "../icons";
import { useKeys } from "../keys/useKeys";
import { MenuButton } from "../MenuButton";
import { useEditorState } from "../useEditorState";
import { nThatFit, toolbarItems, toolOf } from "./items";
import { StripButton } from "./StripButton";

const text = embedStrings.tools;
const N_COLUMNS = 2;
const ROW_PX = 38;
/** The rule between tools and actions, and the padding. */
const EXTRA_PX = 26;

interface ToolStripProps {
  editor: Editor;
  locked: boolean;
  run: (command: string) => void;
}

/** The tools and the edits of the selected cell, down the left side, as the editor's table has them. */
export function ToolStrip({ editor, locked, run }: ToolStripProps) {
  const ref = useRef<HTMLDivElement>(null);
  const nPlaces = usePlaces(ref);
  const keys = useKeys();
  const tool = useEditorState(editor, (state) => state.tool);
  const hasSelection = useEditorState(editor, (state) => state.selected > 0);
  const editable = useEditorState(editor, (state) => state.editable) && !locked;
  const { tools, actions } = toolbarItems();
  const items = [...tools, ...actions];
  const nShown = nThatFit(items.length, nPlaces);
  const hidden = items.slice(nShown);

  const isDisabled = ({ id, group }: Command) =>
    group === "labels" && (!editable || (id === "label.delete" && !hasSelection));
  const button = (command: Command) => (
    <StripButton
      key={command.id}
      icon={iconOf(command.id)}
      label={command.label}
      keyName={keys.labelOf(command.id)}
      pressed={toolOf(command) === null ? undefined : toolOf(command) === tool}
      disabled={isDisabled(command)}
      onClick={() => run(command.id)}
    />
  );
  return (
    <div
      ref={ref}
      className="tool-strip"
      role="toolbar"
      aria-label={text.label}
      aria-orientation="vertical"
    >
      {tools.slice(0, nShown).map(button)}
      <hr />
      {actions.slice(0, Math.max(0, nShown - tools.length)).map(button)}
      {hidden.length > 0 && (
        <MenuButton
          label={text.more}
          icon="more"
          pressed={hidden.some((command) => toolOf(command) === tool)}
          items={hidden.map((command) => ({
            id: command.id,
            label: command.label,
            icon: iconOf(command.id),
            keyName: keys.labelOf(command.id),
            disabled: isDisabled(command),
          }))}
          onChoose={run}
        />
      )}
    </div>
  );
}

/** The number of buttons that the strip can hold at its height. */
function usePlaces(ref: React.RefObject<HTMLDivElement | null>): number {
  const [nPlaces, setPlaces] = useState(Number.POSITIVE_INFINITY);
  useLayoutEffect(() => {
    const strip = ref.current;
    if (!strip) return;
    const measure = () => {
      const rows = Math.floor((strip.clientHeight - EXTRA_PX) / ROW_PX);
      setPlaces(strip.clientHeight > 0 ? rows * N_COLUMNS : Number.POSITIVE_INFINITY);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(strip);
    return () => observer.disconnect();
  }, [ref]);
  return nPlaces;
}
