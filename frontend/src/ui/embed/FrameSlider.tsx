import { useMemo } from "react";
import { strings } from "../strings";
import { embedStrings } from "../strings-embed";
import { IconButton } from "./icons";
import { useKeys } from "./keys/useKeys";
import type { OpenCrop } from "./open-crop";
import { useEditorState } from "./useEditorState";

type TimedCrop = Pick<OpenCrop, "editor" | "assignment">;

interface FrameSliderProps {
  crop: TimedCrop;
  run: (command: string) => void;
}

/** The frame that is shown, and in which frames the selected and the hovered cell are there. */
export function FrameSlider({ crop, run }: FrameSliderProps) {
  const { editor, assignment } = crop;
  const { n_frames } = assignment;
  const keys = useKeys();
  const frame = useEditorState(editor, (state) => state.frame);
  const selected = useEditorState(editor, (state) => state.selected);
  const hovered = useEditorState(editor, (state) => state.hover?.label ?? 0);
  return (
    <section className="frame-slider" aria-label={embedStrings.frame}>
      <IconButton
        icon="previous"
        label={embedStrings.previousFrame}
        keys={keys.labelOf("frame.previous")}
        disabled={frame === 0}
        onClick={() => run("frame.previous")}
      />
      <div className="frame-track">
        <input
          type="range"
          aria-label={embedStrings.frame}
          min={0}
          max={n_frames - 1}
          value={frame}
          onChange={(event) => editor.setFrame(Number(event.target.value))}
        />
        <FrameBar crop={crop} label={selected} kind="selected" />
        <FrameBar crop={crop} label={hovered} kind="hovered" />
      </div>
      <IconButton
        icon="next"
        label={embedStrings.nextFrame}
        keys={keys.labelOf("frame.next")}
        disabled={frame === n_frames - 1}
        onClick={() => run("frame.next")}
      />
      <output>
        {embedStrings.frame} {frame + 1} / {n_frames}
      </output>
    </section>
  );
}

interface FrameBarProps {
  crop: TimedCrop;
  label: number;
  kind: "selected" | "hovered";
}

/** One piece per frame, filled where the label has pixels. */
function FrameBar({ crop, label, kind }: FrameBarProps) {
  const { editor, assignment } = crop;
  const compartment = useEditorState(editor, (state) => state.compartment);
  const nEdits = useEditorState(editor, (state) => state.nEdits);
  // biome-ignore lint/correctness/useExhaustiveDependencies: edits change the labels in place.
  const there = useMemo(
    () => new Set(label > 0 ? editor.framesOf(compartment, label) : []),
    [editor, compartment, label, nEdits],
  );
  const frames = [...there].map((frame) => frame + 1);
  return (
    <div
      className="frame-bar"
      data-kind={kind}
      role="img"
      aria-label={
        label > 0
          ? embedStrings.framesOf(label, frames.join(", ") || strings.common.none)
          : embedStrings.noCell
      }
    >
      {Array.from({ length: assignment.n_frames }, (_, frame) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a frame is known by its place.
        <span key={frame} data-there={there.has(frame)} />
      ))}
    </div>
  );
}
