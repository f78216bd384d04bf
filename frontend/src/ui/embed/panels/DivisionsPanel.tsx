import type { Editor } from "../../../engine";
import type { Division, DivisionAlert } from "../../../model";
import { Button } from "../../components/Button";
import { embedStrings } from "../../strings-embed";
import { marksStrings } from "../../strings-embed-marks";
import { Icon } from "../icons";
import { useKeys } from "../keys/useKeys";
import type { OpenCrop } from "../open-crop";
import { useEditorState } from "../useEditorState";
import { Footprint } from "./Footprint";
import { MarkList, MarkRow } from "./MarkList";
import type { MarkPanelProps } from "./types";

const text = marksStrings.divisions;

/** Which cell divides into which, and what cannot be true of it. */
export function DivisionsPanel({ crop, run }: MarkPanelProps) {
  const { editor } = crop;
  const divisions = useEditorState(editor, (state) => state.marks.divisions);
  const alerts = useEditorState(editor, (state) => state.alerts);
  return (
    <>
      <DrawDivision editor={editor} run={run} />
      {alerts.length > 0 && (
        <section aria-label={text.alerts}>
          <h2>{text.alerts}</h2>
          <MarkList label={text.alerts} empty="">
            {alerts.map((alert) => (
              <AlertRow key={keyOf(alert)} alert={alert} editor={editor} />
            ))}
          </MarkList>
        </section>
      )}
      <section aria-label={text.title}>
        <h2>{text.title}</h2>
        {divisions.length === 0 && <p className="muted panel-hint">{text.none}</p>}
        <ul className="division-list">
          {divisions.map((division) => (
            <DivisionRow
              key={`${division.parent}/${division.frame}`}
              division={division}
              crop={crop}
              run={run}
            />
          ))}
        </ul>
      </section>
    </>
  );
}

function DrawDivision({ editor, run }: { editor: Editor; run: MarkPanelProps["run"] }) {
  const keys = useKeys();
  const tool = useEditorState(editor, (state) => state.tool);
  const selected = useEditorState(editor, (state) => state.selected);
  const isOn = tool === "daughter";
  return (
    <section aria-label={text.draw}>
      <p className="panel-hint muted">
        {selected > 0 ? text.clickDaughters(selected) : text.selectParent}
      </p>
      <div className="panel-actions">
        <Button
          small
          aria-pressed={isOn}
          title={keys.labelOf("tool.daughter")}
          onClick={() => (isOn ? editor.setTool("select") : run("tool.daughter"))}
        >
          {text.draw}
        </Button>
      </div>
    </section>
  );
}

function keyOf({ rule, parent, label, frame }: DivisionAlert): string {
  return [rule, parent, label, frame].join();
}

function AlertRow({ alert, editor }: { alert: DivisionAlert; editor: Editor }) {
  const { rule, severity, parent, label, frame } = alert;
  return (
    <MarkRow onGo={() => editor.goTo({ frame, label })}>
      <span className="alert-text" data-severity={severity}>
        {text.rules[rule](parent, label)}
      </span>
      <span className="muted">{`${embedStrings.frame} ${frame + 1}`}</span>
    </MarkRow>
  );
}

interface DivisionRowProps {
  division: Division;
  crop: OpenCrop;
  run: MarkPanelProps["run"];
}

/** A parent in its last frame, and its daughters in their first. */
function DivisionRow({ division, crop, run }: DivisionRowProps) {
  const { editor } = crop;
  const { compartment, parent, frame, daughters } = division;
  const before = Math.max(0, frame - 1);
  const addHere = () => {
    editor.goTo({ compartment, frame, label: parent });
    editor.select(parent);
    run("tool.daughter");
  };
  return (
    <li className="division">
      <p className="division-head">
        <span>{text.division(parent)}</span>
        <span className="muted">{`${embedStrings.frame} ${frame + 1}`}</span>
      </p>
      <div className="division-cells">
        <FootprintButton
          crop={crop}
          place={{ compartment, frame: before, label: parent }}
          name={text.parent(parent)}
        />
        <Icon name="toNext" />
        {daughters.map((daughter) => (
          <span key={daughter} className="daughter">
            <FootprintButton
              crop={crop}
              place={{ compartment, frame, label: daughter }}
              name={text.daughter(daughter)}
            />
            <button
              type="button"
              className="remove-daughter"
              aria-label={text.remove(daughter, parent)}
              title={text.remove(daughter, parent)}
              onClick={() => editor.removeDaughter(division, daughter)}
            >
              <Icon name="close" />
            </button>
          </span>
        ))}
        <button
          type="button"
          className="add-daughter"
          aria-label={text.add(parent)}
          title={text.add(parent)}
          onClick={addHere}
        >
          <Icon name="add" />
        </button>
      </div>
    </li>
  );
}

interface FootprintButtonProps {
  crop: OpenCrop;
  place: Pick<Division, "compartment" | "frame"> & { readonly label: number };
  name: string;
}

function FootprintButton({ crop, place, name }: FootprintButtonProps) {
  return (
    <button
      type="button"
      className="footprint"
      aria-label={name}
      title={name}
      onClick={() => crop.editor.goTo(place)}
    >
      <Footprint crop={crop} {...place} />
      <span className="number">{place.label}</span>
    </button>
  );
}
