import { Fragment, type MouseEvent, useLayoutEffect, useRef, useState } from "react";
import { type Command, type Editor, TOOLS, type ToolInfo } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { iconOf } from "../icons";
import { useKeys } from "../keys/useKeys";
import { MenuButton } from "../MenuButton";
import { useRoving } from "../roving";
import { useEditorState } from "../useEditorState";
import { groupsOf, ROW_PX, stripLayout, toolbarItems } from "./items";
import { StripButton } from "./StripButton";

const text = embedStrings.tools;
/** What needs no selected cell. */
const WITHOUT_SELECTION = new Set([
  "label.new",
  "label.expand_all",
  "review.accept",
  "review.next",
]);

interface ToolStripProps {
  editor: Editor;
  locked: boolean;
  nFrames: number;
  run: (command: string) => void;
}

/** The tools and the edits of the selected cell, down the left side, as the editor's tables have them. */
export function ToolStrip({ editor, locked, nFrames, run }: ToolStripProps) {
  const ref = useRef<HTMLDivElement>(null);
  const height = useHeight(ref);
  const roving = useRoving(ref);
  const keys = useKeys();
  const tool = useEditorState(editor, (state) => state.tool);
  const hasSelection = useEditorState(editor, (state) => state.selected > 0);
  const editable = useEditorState(editor, (state) => state.editable) && !locked;
  const nTypes = useEditorState(editor, (state) => state.cellTypes.length);
  const items = toolbarItems({ nFrames, nTypes });
  const { nColumns, isGrouped, nTools, nActions } = stripLayout(items, height, rowPx());
  const shownTools = items.tools.slice(0, nTools);
  const hidden = [
    ...items.tools.slice(nTools).map(({ id }) => `tool.${id}`),
    ...items.actions.slice(nActions).map(({ id }) => id),
  ];
  const labels = new Map<string, string>([
    ...items.tools.map(({ id, label }) => [`tool.${id}`, label] as const),
    ...items.actions.map(({ id, label }) => [id, label] as const),
  ]);

  const choose = (id: string) => {
    const chosen = TOOLS.find((info) => `tool.${info.id}` === id);
    if (chosen) editor.setTool(chosen.id);
    else run(id);
  };
  const isDisabled = (id: string) =>
    labels.has(id) &&
    !id.startsWith("tool.") &&
    (!editable || (!hasSelection && !WITHOUT_SELECTION.has(id)));
  const toolButton = ({ id, label }: ToolInfo) => (
    <StripButton
      key={id}
      icon={iconOf(`tool.${id}`)}
      label={label}
      keyName={keys.labelOf(`tool.${id}`)}
      pressed={id === tool}
      onClick={() => choose(`tool.${id}`)}
    />
  );
  const actionButton = ({ id, label }: Command) => (
    <StripButton
      key={id}
      icon={iconOf(id)}
      label={label}
      keyName={keys.labelOf(id)}
      disabled={isDisabled(id)}
      onClick={() => run(id)}
    />
  );
  return (
    <div
      ref={ref}
      className="tool-strip"
      data-columns={nColumns}
      role="toolbar"
      aria-label={text.label}
      aria-orientation="vertical"
      onClick={giveKeysToCrop}
      onFocus={roving.onFocus}
      onKeyDown={roving.onKeyDown}
    >
      {(isGrouped ? groupsOf(shownTools) : [shownTools]).map((group) => (
        <Fragment key={group[0]?.id}>
          {group.map(toolButton)}
          <hr />
        </Fragment>
      ))}
      {items.actions.slice(0, nActions).map(actionButton)}
      {hidden.length > 0 && (
        <MenuButton
          label={text.more}
          icon="more"
          pressed={hidden.includes(`tool.${tool}`)}
          items={hidden.map((id) => ({
            id,
            label: labels.get(id) ?? id,
            icon: iconOf(id),
            keyName: keys.labelOf(id),
            disabled: isDisabled(id),
          }))}
          onChoose={choose}
        />
      )}
    </div>
  );
}

/**
 * After a click with a pointer the keys belong to the crop again, such as the arrows that size the
 * brush. A button that was pressed by a key keeps the focus.
 */
function giveKeysToCrop({ detail, target }: MouseEvent<HTMLElement>): void {
  const isTool = target instanceof Element && target.closest(".strip-button") !== null;
  if (detail === 0 || !isTool) return;
  const quietly = { preventScroll: true, focusVisible: false } as FocusOptions;
  document.querySelector<HTMLElement>(".crop-canvas")?.focus(quietly);
}

function rowPx(): number {
  return window.matchMedia?.("(pointer: coarse)").matches ? ROW_PX.coarse : ROW_PX.fine;
}

/** The height of an element in CSS pixels, as it is now. */
function useHeight(ref: React.RefObject<HTMLDivElement | null>): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const strip = ref.current;
    if (!strip) return;
    const measure = () => setHeight(strip.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(strip);
    return () => observer.disconnect();
  }, [ref]);
  return height;
}
