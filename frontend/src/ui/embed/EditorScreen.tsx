import { useEffect, useState } from "react";
import type { EditorSnapshot } from "../../engine";
import { Banners } from "./Banners";
import { CanvasHost } from "./CanvasHost";
import { ChannelPanel } from "./ChannelPanel";
import { FrameSlider } from "./FrameSlider";
import { Instructions } from "./Instructions";
import { listenToKeys, SUBMIT } from "./keys";
import { LabelPanel } from "./LabelPanel";
import type { OpenCrop } from "./open-crop";
import { StatusLine } from "./StatusLine";
import { ToolStrip } from "./ToolStrip";
import { TopBar } from "./TopBar";
import { useEditorState } from "./useEditorState";

export interface EditorScreenProps {
  crop: OpenCrop;
  instructions: string;
  leaving: "submit" | "skip" | null;
  problem: string | null;
  onSubmit: () => void;
  onSkip: () => void;
  onReload: () => void;
  onNext: () => void;
}

/** Below this width the panel would take too much of the crop, so it starts closed. */
const WIDE_PX = 1000;

/** True once a person can work: the labels may change and every channel to be shown is there. */
const canBeEdited = (state: EditorSnapshot) =>
  state.editable && state.channels.every(({ loaded, visible }) => loaded || !visible);

/** The editor with all that stands around its canvas. */
export function EditorScreen(props: EditorScreenProps) {
  const { crop, leaving, onSubmit } = props;
  const { assignment, editor } = crop;
  const [panelOpen, setPanelOpen] = useState(() => window.innerWidth >= WIDE_PX);
  const locked = leaving !== null;
  const ready = useEditorState(editor, canBeEdited);

  useEffect(() => {
    if (locked) return;
    return listenToKeys({
      run: (command) => {
        if (command === SUBMIT) onSubmit();
        else editor.run(command);
      },
      hold: (what, down) => editor.dispatch({ type: "hold", what, down }),
    });
  }, [editor, locked, onSubmit]);

  return (
    <div className="editor" data-panel={panelOpen} data-ready={ready}>
      <TopBar
        editor={editor}
        assignment={assignment}
        leaving={leaving}
        panelOpen={panelOpen}
        onPanel={() => setPanelOpen((open) => !open)}
        onSubmit={onSubmit}
        onSkip={props.onSkip}
      />
      <ToolStrip editor={editor} locked={locked} />
      <main className="crop-place">
        <CanvasHost editor={editor} locked={locked} />
        <Banners
          crop={crop}
          problem={props.problem}
          onReload={props.onReload}
          onNext={props.onNext}
        />
      </main>
      {panelOpen && (
        <aside className="side-panel" data-scrolls>
          <Instructions text={props.instructions} />
          <ChannelPanel editor={editor} assignment={assignment} />
          <LabelPanel editor={editor} />
          {assignment.n_frames > 1 && <FrameSlider editor={editor} nFrames={assignment.n_frames} />}
        </aside>
      )}
      <StatusLine editor={editor} assignment={assignment} />
    </div>
  );
}
