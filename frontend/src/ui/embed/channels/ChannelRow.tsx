import type { ChannelLut, ChannelView, Editor } from "../../../engine";
import { type ChannelData, COLORMAPS, type PlaneShape } from "../../../model";
import { Button } from "../../components/Button";
import { lateStrings } from "../../strings-embed-late";
import { fromHex, toHex } from "../color";
import { CheckBox, Slider } from "../controls";
import { useEditorState } from "../useEditorState";
import { ChannelThumbnail } from "./ChannelThumbnail";
import { Histogram } from "./Histogram";

const text = lateStrings.channels;

interface ChannelRowProps {
  channel: ChannelView;
  /** Intensities, once they are there. */
  data: ChannelData | null;
  shape: PlaneShape;
  /** Least and greatest intensity of the crop. */
  range: readonly [number, number];
  editor: Editor;
  index: number;
  startsOpen: boolean;
}

export function ChannelRow(props: ChannelRowProps) {
  const { channel, editor, index } = props;
  const { name, visible, color } = channel;
  return (
    <li className="channel" data-hidden={!visible}>
      <div className="channel-head">
        <AloneButton {...props} />
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
        <input
          type="color"
          value={toHex(color)}
          aria-label={text.color(name)}
          onChange={(event) => editor.setChannel(index, { color: fromHex(event.target.value) })}
        />
      </div>
      <details open={props.startsOpen}>
        <summary aria-label={text.more(name)}>{text.contrast}</summary>
        <ChannelLimits {...props} />
      </details>
    </li>
  );
}

/** A picture of the channel; it shows the channel alone, or in the grayscale mode chooses it. */
function AloneButton({ channel, data, shape, editor, index }: ChannelRowProps) {
  const frame = useEditorState(editor, (state) => state.frame);
  const isAlone = useEditorState(editor, ({ view }) =>
    view.mode === "grayscale" ? view.channel === index : view.soloChannel === index,
  );
  const isGray = useEditorState(editor, ({ view }) => view.mode === "grayscale");
  const toggle = () => {
    const soloChannel = isAlone || isGray ? null : index;
    editor.setView({ channel: index, soloChannel });
  };
  return (
    <button
      type="button"
      className="thumbnail"
      aria-label={text.aloneFor(channel.name)}
      aria-pressed={isAlone}
      title={text.aloneFor(channel.name)}
      onClick={toggle}
    >
      {data && <ChannelThumbnail channel={channel} data={data} shape={shape} frame={frame} />}
    </button>
  );
}

function ChannelLimits({ channel, data, range, editor, index }: ChannelRowProps) {
  const { name, contrast, gamma, inverted, loaded, color } = channel;
  const [low, high] = contrast;
  const [least, most] = range;
  const step = (most - least) / 500;
  const setContrast = (next: readonly [number, number]) =>
    editor.setChannel(index, { contrast: next });
  const limits = { min: least, max: most, step, disabled: !loaded };
  return (
    <div className="contrast">
      <div className="range">
        {data && (
          <Histogram
            name={name}
            data={data}
            range={range}
            contrast={contrast}
            color={toHex(color)}
          />
        )}
        <input
          type="range"
          aria-label={text.low(name)}
          {...limits}
          value={low}
          onChange={(event) =>
            setContrast([Math.min(Number(event.target.value), high - step), high])
          }
        />
        <input
          type="range"
          aria-label={text.high(name)}
          {...limits}
          value={high}
          onChange={(event) => setContrast([low, Math.max(Number(event.target.value), low + step)])}
        />
      </div>
      <Slider
        label={text.gamma}
        name={text.gammaOf(name)}
        min={0.2}
        max={3}
        value={gamma}
        onChange={(next) => editor.setChannel(index, { gamma: next })}
      />
      <div className="channel-scale">
        <label className="slider">
          <span>{text.lut}</span>
          <select
            className="small-select"
            aria-label={text.lutOf(name)}
            value={channel.lut}
            onChange={(event) =>
              editor.setChannel(index, { lut: event.target.value as ChannelLut })
            }
          >
            <option value="color">{text.ownColor}</option>
            {COLORMAPS.map((scale) => (
              <option key={scale}>{scale}</option>
            ))}
          </select>
        </label>
        <CheckBox
          label={text.invert}
          name={text.invertOf(name)}
          checked={inverted}
          onChange={(next) => editor.setChannel(index, { inverted: next })}
        />
      </div>
    </div>
  );
}
