import { useId } from "react";
import type { Camera, Editor } from "../../../engine";
import type { Note, Region } from "../../../model";
import { useEditorState } from "../useEditorState";
import { screenPlaces } from "./places";
import { UncertainLayer } from "./UncertainLayer";

/** The signs of uncertain cells, ignored regions, hatched, and the pins of notes, of the frame that is shown. */
export function MarksLayer({ editor, camera }: { editor: Editor; camera: Camera }) {
  const hatch = useId();
  const frame = useEditorState(editor, (state) => state.frame);
  const compartment = useEditorState(editor, (state) => state.compartment);
  const regions = useEditorState(editor, (state) => state.marks.regions);
  const notes = useEditorState(editor, (state) => state.marks.notes);
  const chosen = useEditorState(editor, (state) => state.work.selectedRegion);
  const written = useEditorState(editor, (state) => state.work.noteDraft);
  const shownRegions = regions.filter((region) => region.frame === frame);
  const shownNotes = notes.filter(
    (note) => note.frame === frame && (note.label === 0 || note.compartment === compartment),
  );
  return (
    <>
      <UncertainLayer editor={editor} camera={camera} />
      {shownRegions.length > 0 && <Hatch id={hatch} />}
      {shownRegions.map((region) => (
        <RegionShape
          key={region.id}
          region={region}
          camera={camera}
          hatch={hatch}
          isChosen={region.id === chosen}
        />
      ))}
      {shownNotes.map((note) => (
        <NotePin key={note.id} place={note} camera={camera} isOpen={note.id === written?.id} />
      ))}
      {written && written.id === null && <NotePin place={written} camera={camera} isOpen />}
    </>
  );
}

const HATCH_PX = 8;

function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={id}
        width={HATCH_PX}
        height={HATCH_PX}
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect className="hatch-ground" width={HATCH_PX} height={HATCH_PX} />
        <line className="hatch-line" x1="0" y1="0" x2="0" y2={HATCH_PX} />
      </pattern>
    </defs>
  );
}

interface RegionShapeProps {
  region: Region;
  camera: Camera;
  hatch: string;
  isChosen: boolean;
}

function RegionShape({ region, camera, hatch, isChosen }: RegionShapeProps) {
  return (
    <polygon
      className="ignored-region"
      data-chosen={isChosen}
      fill={`url(#${hatch})`}
      points={screenPlaces(region.points, camera)}
    />
  );
}

interface NotePinProps {
  place: Pick<Note, "row" | "column">;
  camera: Camera;
  isOpen: boolean;
}

const PIN_MIDDLE_PX = 14;

/** A bubble with its middle on the place, where a click with the tool for notes opens it. */
function NotePin({ place, camera, isOpen }: NotePinProps) {
  const x = (place.column + 0.5 - camera.left) * camera.zoom;
  const y = (place.row + 0.5 - camera.top) * camera.zoom;
  return (
    <g className="note-pin" data-open={isOpen} transform={`translate(${x} ${y + PIN_MIDDLE_PX})`}>
      <path d="M0 0-5-7h-5.5a2.5 2.5 0 0 1-2.5-2.5v-10A2.5 2.5 0 0 1-10.5-22h21a2.5 2.5 0 0 1 2.5 2.5v10A2.5 2.5 0 0 1 10.5-7H5z" />
      <path className="lines" d="M-8-17.5H8M-8-14.5H8M-8-11.5H2" />
    </g>
  );
}
