import type { Viewport } from "../../../engine";
import type { CheckFinding } from "../../../model";
import type { OpenCrop } from "../open-crop";
import { cameraOn } from "../overlay/places";
import { useEditorState } from "../useEditorState";
import { findingsPerLabel } from "./check-crop";
import { FindingsPanel } from "./FindingsPanel";
import type { Checks } from "./useChecks";

/** A finding is shown at least this large. */
const FINDING_ZOOM = 3;

interface ChecksOverProps {
  crop: OpenCrop;
  checks: Checks;
  viewport: Viewport | null;
  mark: CheckFinding | null;
  canSubmit: boolean;
  onMark: (finding: CheckFinding | null) => void;
  onSubmit: () => void;
}

/** What the checks found, over the crop; going to a finding selects and centres its cell. */
export function ChecksOver(props: ChecksOverProps) {
  const { crop, checks, viewport, onMark } = props;
  const { editor } = crop;
  const isColored = useEditorState(editor, (state) => state.view.colorBy === "value");
  const { findings } = checks;
  if (!findings) return null;

  const show = (finding: CheckFinding) => {
    onMark(finding);
    editor.setCompartment(finding.compartment);
    editor.setFrame(finding.frame);
    editor.select(finding.label);
    const { camera } = editor.state.getSnapshot();
    if (viewport) editor.setCamera(cameraOn(finding, camera, viewport, FINDING_ZOOM));
  };
  const color = (on: boolean) => {
    const { compartment } = editor.state.getSnapshot();
    editor.setLabelValues(on ? findingsPerLabel(findings, compartment) : null);
    editor.setView({ colorBy: on ? "value" : "label" });
  };
  const close = () => {
    if (isColored) color(false);
    onMark(null);
    checks.close();
  };
  return (
    <FindingsPanel
      findings={findings}
      nFrames={crop.assignment.n_frames}
      shown={props.mark}
      canSubmit={props.canSubmit}
      isColored={isColored}
      isBusy={checks.isBusy}
      onColored={color}
      onShow={show}
      onAgain={checks.look}
      onSubmit={props.onSubmit}
      onClose={close}
    />
  );
}
