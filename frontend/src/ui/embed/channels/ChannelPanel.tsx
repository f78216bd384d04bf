import { useMemo } from "react";
import type { Assignment } from "../../../api";
import { Button } from "../../components/Button";
import { lateStrings } from "../../strings-embed-late";
import { useKeys } from "../keys/useKeys";
import type { OpenCrop } from "../open-crop";
import { useEditorState } from "../useEditorState";
import { ChannelRow } from "./ChannelRow";
import { ViewPresets } from "./ViewPresets";

const text = lateStrings.channels;
/** More channels than this start folded. */
const N_OPEN = 3;
const MODES = ["composite", "grayscale"] as const;

export function ChannelPanel({ crop }: { crop: OpenCrop }) {
  const { editor, assignment } = crop;
  const channels = useEditorState(editor, (state) => state.channels);
  const { height: nRows, width: nCols } = assignment.window;
  const shape = useMemo(() => ({ nRows, nCols }), [nRows, nCols]);
  return (
    <section aria-label={text.title}>
      <div className="panel-head">
        <h2>{text.title}</h2>
        <Button small tone="quiet" onClick={() => editor.run("channels.auto_contrast")}>
          {text.autoAll}
        </Button>
      </div>
      <ModeChoice editor={editor} />
      <ViewPresets crop={crop} />
      <ul className="channel-list">
        {channels.map((channel, index) => (
          <ChannelRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a channel is known by its place.
            key={index}
            channel={channel}
            data={channel.loaded ? crop.channelData(index) : null}
            shape={shape}
            range={rangeOf(assignment, index)}
            editor={editor}
            index={index}
            startsOpen={channels.length <= N_OPEN}
          />
        ))}
      </ul>
    </section>
  );
}

function rangeOf(assignment: Assignment, index: number): readonly [number, number] {
  const channel = assignment.channels[index];
  if (!channel || channel.max <= channel.min) return [0, 1];
  return [channel.min, channel.max];
}

function ModeChoice({ editor }: { editor: OpenCrop["editor"] }) {
  const keys = useKeys();
  const mode = useEditorState(editor, (state) => state.view.mode);
  return (
    <fieldset className="segmented mode-choice" title={keys.labelOf("view.grayscale")}>
      <legend className="visually-hidden">{text.mode}</legend>
      {MODES.map((name) => (
        <label key={name} data-checked={name === mode}>
          <input
            type="radio"
            name="channel-mode"
            className="visually-hidden"
            checked={name === mode}
            onChange={() => editor.setView({ mode: name })}
          />
          {text.modes[name]}
        </label>
      ))}
    </fieldset>
  );
}
