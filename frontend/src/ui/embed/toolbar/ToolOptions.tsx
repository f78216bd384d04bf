import type { ReactNode } from "react";
import type { Editor, FrameScope } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { useKeys } from "../keys/useKeys";
import { useEditorState } from "../useEditorState";
import { OneLine } from "./OneLine";
import { CheckOption, NumberOption, SelectOption } from "./option-controls";
import { hintOf, optionsOf, type ToolOption } from "./options";

const text = embedStrings.toolOptions;
const LARGEST_RADIUS_PX = 60;

interface ToolOptionsProps {
  editor: Editor;
  /** A message that takes the place of the hint for a moment. */
  note: string | null;
  nFrames: number;
}

/** Below the top bar: what the tool in hand does, and what can be set about it. */
export function ToolOptions({ editor, note, nFrames }: ToolOptionsProps) {
  const tool = useEditorState(editor, (state) => state.tool);
  const notice = useEditorState(editor, (state) => state.work.notice);
  const busy = useEditorState(editor, (state) => state.work.busy);
  const hint = useHint(editor);
  const shown = optionsOf(tool).filter((option) => option !== "frames" || nFrames > 1);
  return (
    <OneLine label={text.label} more={text.more}>
      <p className="hint" role="status" title={hint} data-notice={notice !== null}>
        {busy === null ? (note ?? notice ?? hint) : text.busy}
      </p>
      {shown.map((option) => {
        const Control = CONTROLS[option];
        return <Control key={option} editor={editor} />;
      })}
    </OneLine>
  );
}

/** What the tool does; with a cell selected for looking at, how to work through all of them. */
function useHint(editor: Editor): string {
  const keyName = useKeys().labelOf("review.accept");
  const tool = useEditorState(editor, (state) => state.tool);
  const selected = useEditorState(editor, (state) => state.selected);
  const nChecked = useEditorState(editor, (state) => state.nChecked);
  const nInstances = useEditorState(editor, (state) => state.nInstances);
  if (tool !== "select" || keyName === undefined || nInstances === 0) return hintOf(tool);
  const { checking, allChecked } = embedStrings.status;
  if (nChecked === nInstances) return allChecked(nInstances);
  return selected > 0 ? checking(nChecked, nInstances, keyName) : hintOf(tool);
}

type Control = (props: { editor: Editor }) => ReactNode;

const CONTROLS: Readonly<Record<ToolOption, Control>> = {
  size: BrushSize,
  write_mode: WriteModeChoice,
  context: ContextRule,
  erase_only_start: EraseOnlyStart,
  new_per_shape: NewPerShape,
  tolerance: Tolerance,
  reach: Reach,
  channel: ChannelChoice,
  expand: ExpandBy,
  smooth: SmoothBy,
  frames: Frames,
  type: TypeChoice,
};

function BrushSize({ editor }: { editor: Editor }) {
  const keys = useKeys();
  const radius = useEditorState(editor, (state) => state.brushRadiusPx);
  const names = [keys.labelOf("brush.smaller"), keys.labelOf("brush.larger")].filter(Boolean);
  return (
    <label className="option" title={text.sizeHelp(names.join(" "))}>
      <span>{text.size}</span>
      <input
        type="range"
        min={1}
        max={LARGEST_RADIUS_PX}
        value={Math.min(radius, LARGEST_RADIUS_PX)}
        aria-label={text.radius}
        onChange={(event) => editor.setBrushRadius(Number(event.target.value))}
      />
      <output className="number">{Math.round(radius)}</output>
    </label>
  );
}

function WriteModeChoice({ editor }: { editor: Editor }) {
  const mode = useEditorState(editor, (state) => state.writeMode);
  return (
    <SelectOption
      label={text.writeMode}
      keyName={useKeys().labelOf("write_mode.toggle")}
      value={mode}
      choices={text.writeModes}
      onChange={(next) => editor.setWriteMode(next)}
    />
  );
}

function ContextRule({ editor }: { editor: Editor }) {
  const checked = useEditorState(editor, (state) => state.contextBrush);
  return (
    <CheckOption
      label={text.context}
      help={text.contextHelp}
      checked={checked}
      onChange={(on) => editor.setContextBrush(on)}
    />
  );
}

function EraseOnlyStart({ editor }: { editor: Editor }) {
  const checked = useEditorState(editor, (state) => state.work.options.eraseOnlyStart);
  return (
    <CheckOption
      label={text.eraseOnlyStart}
      help={text.eraseOnlyStartHelp}
      checked={checked}
      onChange={(eraseOnlyStart) => editor.setToolOptions({ eraseOnlyStart })}
    />
  );
}

function NewPerShape({ editor }: { editor: Editor }) {
  const checked = useEditorState(editor, (state) => state.work.options.newPerShape);
  return (
    <CheckOption
      label={text.newPerShape}
      help={text.newPerShapeHelp}
      checked={checked}
      onChange={(newPerShape) => editor.setToolOptions({ newPerShape })}
    />
  );
}

function Tolerance({ editor }: { editor: Editor }) {
  const share = useEditorState(editor, (state) => state.work.options.wandTolerance);
  return (
    <NumberOption
      label={text.tolerance}
      unit="%"
      min={1}
      max={100}
      value={Math.round(share * 100)}
      onChange={(percent) => editor.setToolOptions({ wandTolerance: percent / 100 })}
    />
  );
}

function Reach({ editor }: { editor: Editor }) {
  const value = useEditorState(editor, (state) => state.work.options.wandReachPx);
  return (
    <NumberOption
      label={text.reach}
      unit="px"
      min={5}
      max={2000}
      value={value}
      onChange={(wandReachPx) => editor.setToolOptions({ wandReachPx })}
    />
  );
}

function ExpandBy({ editor }: { editor: Editor }) {
  const value = useEditorState(editor, (state) => state.work.options.expandPx);
  return (
    <NumberOption
      label={text.expand}
      unit="px"
      min={1}
      max={100}
      value={value}
      onChange={(expandPx) => editor.setToolOptions({ expandPx })}
    />
  );
}

function SmoothBy({ editor }: { editor: Editor }) {
  const value = useEditorState(editor, (state) => state.work.options.smoothRadiusPx);
  return (
    <NumberOption
      label={text.smooth}
      unit="px"
      min={1}
      max={20}
      value={value}
      onChange={(smoothRadiusPx) => editor.setToolOptions({ smoothRadiusPx })}
    />
  );
}

function ChannelChoice({ editor }: { editor: Editor }) {
  const channels = useEditorState(editor, (state) => state.channels);
  const chosen = useEditorState(editor, (state) => state.work.options.imageChannel);
  const names = channels.map(({ name }, index) => [String(index), name] as const);
  return (
    <SelectOption
      label={text.channel}
      value={chosen === null ? "" : String(chosen)}
      choices={Object.fromEntries([["", text.ownChannel], ...names])}
      onChange={(value) =>
        editor.setToolOptions({ imageChannel: value === "" ? null : Number(value) })
      }
    />
  );
}

function Frames({ editor }: { editor: Editor }) {
  const value = useEditorState(editor, (state) => state.work.options.frameScope);
  return (
    <SelectOption<FrameScope>
      label={text.frames}
      value={value}
      choices={text.frameScopes}
      onChange={(frameScope) => editor.setToolOptions({ frameScope })}
    />
  );
}

/** The type that a click gives. */
function TypeChoice({ editor }: { editor: Editor }) {
  const cellTypes = useEditorState(editor, (state) => state.cellTypes);
  const active = useEditorState(editor, (state) => state.work.activeType);
  const names = cellTypes.map(({ id, name }) => [id, name] as const);
  return (
    <SelectOption
      label={text.activeType}
      value={active ?? ""}
      choices={Object.fromEntries([["", text.noType], ...names])}
      onChange={(id) => editor.setActiveType(id === "" ? null : id)}
    />
  );
}
