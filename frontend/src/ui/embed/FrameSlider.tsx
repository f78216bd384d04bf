import type { Editor } from "../../engine";
import { embedStrings } from "../strings-embed";
import { useEditorState } from "./useEditorState";

export function FrameSlider({ editor, nFrames }: { editor: Editor; nFrames: number }) {
  const frame = useEditorState(editor, (state) => state.frame);
  return (
    <section className="frame-slider" aria-label={embedStrings.frame}>
      <label className="slider">
        <span>
          {embedStrings.frame} {frame + 1} / {nFrames}
        </span>
        <input
          type="range"
          min={0}
          max={nFrames - 1}
          value={frame}
          onChange={(event) => editor.setFrame(Number(event.target.value))}
        />
      </label>
    </section>
  );
}
