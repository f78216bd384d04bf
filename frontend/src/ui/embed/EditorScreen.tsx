import { Suspense, useState } from "react";
import type { EditorSnapshot, Viewport } from "../../engine";
import type { CheckFinding } from "../../model";
import { embedStrings } from "../strings-embed";
import { Banners } from "./Banners";
import { CanvasHost } from "./CanvasHost";
import { useChecks } from "./checks/useChecks";
import { FrameSlider } from "./FrameSlider";
import type { PageCommand } from "./keys/actions";
import { late } from "./late";
import { loadPanels } from "./late-parts";
import { type Overlay, Overlays } from "./Overlays";
import type { OpenCrop } from "./open-crop";
import { CropOverlay } from "./overlay/CropOverlay";
import { LateSidePanel } from "./panels/LateSidePanel";
import type { PanelId } from "./panels/panel-list";
import { StatusLine } from "./StatusLine";
import { TopBar } from "./TopBar";
import { ToolOptions } from "./toolbar/ToolOptions";
import { ToolStrip } from "./toolbar/ToolStrip";
import { useCommands } from "./useCommands";
import { useEditorState } from "./useEditorState";
import { useNote } from "./useNote";

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

const ChecksOver = late(async () => (await loadPanels()).ChecksOver);

/** Below this width the panel would take too much of the crop, so it starts closed. */
const WIDE_PX = 1000;

/** True once a person can work: the labels may change and every channel to be shown is there. */
const canBeEdited = (state: EditorSnapshot) =>
  state.editable && state.channels.every(({ loaded, visible }) => loaded || !visible);

/** What was said of saving holds until something changes. */
const isTrue = (note: string | null, isSaved: boolean) =>
  isSaved || note !== embedStrings.actions.savedNow;

/** The editor with all that stands around its canvas. */
export function EditorScreen(props: EditorScreenProps) {
  const { crop, leaving } = props;
  const { assignment, editor } = crop;
  const [panelOpen, setPanelOpen] = useState(() => window.innerWidth >= WIDE_PX);
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [note, say] = useNote();
  const ready = useEditorState(editor, canBeEdited);
  const isSaved = useEditorState(editor, (state) => state.save.kind === "saved");
  const canLeave = useEditorState(editor, (state) => state.editable);
  // While the practice covers the page, keys are its own.
  const locked = leaving !== null || overlay === "tutorial";

  const checks = useChecks({ crop, onSubmit: props.onSubmit, say });
  const [panel, setPanel] = useState<PanelId>("view");
  const open = (name: PanelId) => {
    setPanel(name);
    setPanelOpen(true);
  };
  const [viewport, setViewport] = useState<Viewport | null>(null);
  const [mark, setMark] = useState<CheckFinding | null>(null);

  const page: Record<PageCommand, () => void> = {
    "page.submit": () => (canLeave ? checks.submit() : say(embedStrings.notEditable)),
    "page.check": checks.look,
    "page.palette": () => setOverlay("palette"),
    "page.help": () => setOverlay("help"),
    "page.panel": () => setPanelOpen((open) => !open),
    "page.save": () => {
      editor.flush().then(
        () => say(embedStrings.actions.savedNow),
        (failure: Error) => say(failure.message),
      );
    },
    "page.tutorial": () => setOverlay("tutorial"),
    "page.download": () => {
      loadPanels().then(
        ({ downloadWork }) => downloadWork(crop),
        () => say(embedStrings.notLoaded),
      );
    },
    "page.view": () => open("view"),
    "page.types": () => open("types"),
    "page.notes": () => open("notes"),
    "page.regions": () => open("regions"),
    "page.divisions": () => open("divisions"),
  };
  const run = useCommands({ editor, locked, page, say });

  return (
    <>
      <div
        className="editor"
        data-panel={panelOpen}
        data-ready={ready}
        inert={overlay === "tutorial"}
      >
        <TopBar
          editor={editor}
          assignment={assignment}
          leaving={leaving}
          isChecking={checks.isBusy}
          panelOpen={panelOpen}
          run={run}
          onSkip={props.onSkip}
        />
        <ToolOptions
          editor={editor}
          note={isTrue(note, isSaved) ? note : null}
          nFrames={assignment.n_frames}
        />
        <ToolStrip editor={editor} locked={locked} nFrames={assignment.n_frames} run={run} />
        <main className="crop-place">
          <CanvasHost editor={editor} locked={locked} onViewport={setViewport} />
          <CropOverlay crop={crop} viewport={viewport} mark={mark} />
          {assignment.n_frames > 1 && <FrameSlider crop={crop} run={run} />}
          <Suspense fallback={null}>
            {checks.findings && (
              <ChecksOver
                crop={crop}
                checks={checks}
                viewport={viewport}
                mark={mark}
                canSubmit={ready && !locked}
                onMark={setMark}
                onSubmit={props.onSubmit}
              />
            )}
          </Suspense>
          <Banners
            crop={crop}
            onDownload={() => run("page.download")}
            problem={props.problem}
            onReload={props.onReload}
            onNext={props.onNext}
          />
        </main>
        {panelOpen && (
          <LateSidePanel
            crop={crop}
            instructions={props.instructions}
            panel={panel}
            onPanel={setPanel}
            run={run}
            onColorByFindings={checks.color}
          />
        )}
        <StatusLine editor={editor} assignment={assignment} run={run} />
      </div>
      <Overlays open={overlay} run={run} onClose={() => setOverlay(null)} />
    </>
  );
}
