import type { Editor, ToolId } from "../../../engine";
import type { Region } from "../../../model";
import { Button } from "../../components/Button";
import { embedStrings } from "../../strings-embed";
import { marksStrings } from "../../strings-embed-marks";
import { useKeys } from "../keys/useKeys";
import { useEditorState } from "../useEditorState";
import { MarkList, MarkRow, RowButton } from "./MarkList";
import { extentOf } from "./region-extent";
import type { MarkPanelProps } from "./types";

const text = marksStrings.regions;
const TOOLS = ["ignore_box", "ignore_lasso"] as const satisfies readonly ToolId[];

/** Parts of the crop that training shall not learn from. */
export function RegionsPanel({ crop, run }: MarkPanelProps) {
  const { editor, assignment } = crop;
  const keys = useKeys();
  const tool = useEditorState(editor, (state) => state.tool);
  const regions = useEditorState(editor, (state) => state.marks.regions);
  return (
    <section aria-label={text.title}>
      <h2>{text.title}</h2>
      <p className="panel-hint muted">{text.lead}</p>
      <div className="panel-actions">
        {TOOLS.map((id) => (
          <Button
            key={id}
            small
            aria-pressed={tool === id}
            title={keys.labelOf(`tool.${id}`)}
            onClick={() => (tool === id ? editor.setTool("select") : run(`tool.${id}`))}
          >
            {text.draw[id]}
          </Button>
        ))}
      </div>
      <MarkList label={text.title} empty={text.none}>
        {regions.map((region, index) => (
          <RegionRow
            key={region.id}
            region={region}
            number={index + 1}
            editor={editor}
            nFrames={assignment.n_frames}
          />
        ))}
      </MarkList>
    </section>
  );
}

interface RegionRowProps {
  region: Region;
  number: number;
  editor: Editor;
  nFrames: number;
}

function RegionRow({ region, number, editor, nFrames }: RegionRowProps) {
  const { id, frame, points } = region;
  const isChosen = useEditorState(editor, (state) => state.work.selectedRegion === id);
  const { row, column, height, width } = extentOf(points);
  const go = () => {
    editor.goTo({ frame, row, column });
    editor.selectRegion(id);
  };
  return (
    <MarkRow
      onGo={go}
      isCurrent={isChosen}
      actions={
        <RowButton
          icon="remove"
          label={text.remove(number)}
          onClick={() => editor.deleteRegion(id)}
        />
      }
    >
      <span>{text.region(number)}</span>
      <span className="muted">
        {text.size(height, width)}
        {nFrames > 1 && `, ${embedStrings.frame} ${frame + 1}`}
      </span>
    </MarkRow>
  );
}
