import type { Assignment } from "../../api";
import type { ChannelView, Editor } from "../../engine";
import { Button } from "../components/Button";
import { embedStrings } from "../strings-embed";
import { fromHex, toHex } from "./color";
import { useEditorState } from "./useEditorState";

const text = embedStrings.channels;

export function ChannelPanel({ editor, assignment }: { editor: Editor; assignment: Assignment }) {
  const channels = useEditorState(editor, (state) => state.channels);
  return (
    <section aria-label={text.title}>
      <h2>{text.title}</h2>
      <ul className="channel-list">
        {channels.map((channel, index) => (
          <ChannelRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a channel is known by its place.
            key={index}
            channel={channel}
            range={rangeOf(assignment, index)}
            editor={editor}
            index={index}
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

interface ChannelRowProps {
  channel: ChannelView;
  /** Least and greatest intensity of the crop. */
  range: readonly [number, number];
  editor: Editor;
  index: number;
}

function ChannelRow({ channel, range, editor, index }: ChannelRowProps) {
  const { name, visible, color, contrast } = channel;
  const [low, high] = contrast;
  const [least, most] = range;
  const step = (most - least) / 500;
  const setContrast = (next: readonly [number, number]) =>
    editor.setChannel(index, { contrast: next });
  return (
    <li className="channel">
      <div className="channel-head">
        <input
          type="color"
          value={toHex(color)}
          aria-label={text.color(name)}
          onChange={(event) => editor.setChannel(index, { color: fromHex(event.target.value) })}
        />
        <label className="check channel-name">
          <input
            type="checkbox"
            checked={visible}
            aria-label={text.show(name)}
            onChange={(event) => editor.setChannel(index, { visible: event.target.checked })}
          />
          <span title={name}>{name}</span>
        </label>
        {channel.loaded ? (
          <Button
            small
            tone="quiet"
            aria-label={text.autoFor(name)}
            onClick={() => editor.autoContrast(index)}
          >
            {text.auto}
          </Button>
        ) : (
          <span className="muted">{text.loading}</span>
        )}
      </div>
      <div className="contrast">
        <input
          type="range"
          aria-label={text.low(name)}
          min={least}
          max={most}
          step={step}
          value={low}
          disabled={!channel.loaded}
          onChange={(event) =>
            setContrast([Math.min(Number(event.target.value), high - step), high])
          }
        />
        <input
          type="range"
          aria-label={text.high(name)}
          min={least}
          max={most}
          step={step}
          value={high}
          disabled={!channel.loaded}
          onChange={(event) => setContrast([low, Math.max(Number(event.target.value), low + step)])}
        />
      </div>
    </li>
  );
}
