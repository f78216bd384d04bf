import { useId, useRef } from "react";
import { embedStrings } from "../../strings-embed";
import { ChannelPanel } from "../channels/ChannelPanel";
import { Instructions } from "../Instructions";
import { Icon } from "../icons";
import { LabelPanel } from "../labels/LabelPanel";
import type { OpenCrop } from "../open-crop";
import { useRoving } from "../roving";
import { useEditorState } from "../useEditorState";
import { DivisionsPanel } from "./DivisionsPanel";
import { NotesPanel } from "./NotesPanel";
import { countOf, type PanelId, panelsOf } from "./panel-list";
import { RegionsPanel } from "./RegionsPanel";
import { TypesPanel } from "./TypesPanel";
import { useUncertainCells } from "./uncertain";

const text = embedStrings.panels;

const PANELS = {
  types: TypesPanel,
  notes: NotesPanel,
  regions: RegionsPanel,
  divisions: DivisionsPanel,
} as const;

export interface SidePanelProps {
  crop: OpenCrop;
  instructions: string;
  panel: PanelId;
  onPanel: (panel: PanelId) => void;
  run: (command: string) => void;
  /** Colours labels by what the checks find. */
  onColorByFindings: () => void;
}

/** What stands beside the crop: how it is shown, or what is said about its cells. */
export function SidePanel(props: SidePanelProps) {
  const { crop, panel, run } = props;
  const id = useId();
  return (
    <aside className="side-panel">
      <PanelTabs {...props} id={id} />
      <div
        className="panel-body"
        id={`${id}-${panel}`}
        role="tabpanel"
        aria-labelledby={`${id}-${panel}-tab`}
        data-scrolls
      >
        {panel === "view" ? (
          <>
            <Instructions text={props.instructions} />
            <ChannelPanel crop={crop} />
            <LabelPanel crop={crop} onColorByFindings={props.onColorByFindings} />
          </>
        ) : (
          panelElement(panel, crop, run)
        )}
      </div>
    </aside>
  );
}

function panelElement(panel: Exclude<PanelId, "view">, crop: OpenCrop, run: SidePanelProps["run"]) {
  const Panel = PANELS[panel];
  return <Panel crop={crop} run={run} />;
}

function PanelTabs({ crop, panel, onPanel, id }: SidePanelProps & { id: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const roving = useRoving(ref);
  const nUncertain = useUncertainCells(crop.editor).length;
  return (
    <div className="panel-tabs" ref={ref} role="tablist" aria-label={text.label} {...roving}>
      {panelsOf(crop.assignment).map(({ id: name, icon }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`${id}-${name}-tab`}
          aria-selected={name === panel}
          aria-controls={name === panel ? `${id}-${name}` : undefined}
          title={text.titles[name]}
          onClick={() => onPanel(name)}
        >
          <Icon name={icon} />
          {text.names[name]}
          <Badge crop={crop} panel={name} nUncertain={nUncertain} />
        </button>
      ))}
    </div>
  );
}

interface BadgeProps {
  crop: OpenCrop;
  panel: PanelId;
  nUncertain: number;
}

function Badge({ crop, panel, nUncertain }: BadgeProps) {
  const marks = useEditorState(crop.editor, (state) => state.marks);
  const alerts = useEditorState(crop.editor, (state) => state.alerts);
  const { n, isUrgent } = countOf(panel, { marks, alerts, nUncertain });
  if (n === 0) return null;
  return (
    <span className="badge" data-tone={isUrgent ? "danger" : undefined}>
      {n}
    </span>
  );
}
