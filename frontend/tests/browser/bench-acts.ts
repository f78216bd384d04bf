/** What the bench times: gestures and commands on one cell, as a person makes them. */
import type { Editor, ToolId } from "../../src/engine";
import type { BenchCrop, Place } from "./bench-crop";

export interface Act {
  readonly name: string;
  readonly prepare?: (crop: BenchCrop, cell: Place) => void;
  readonly act: (crop: BenchCrop, cell: Place) => void;
  /** Takes back what `prepare` edited. */
  readonly cleanUp?: (crop: BenchCrop) => void;
}

const right = (crop: BenchCrop, [row, col]: Place): Place => [row, Math.round(col + crop.pitch)];

function pointer(editor: Editor, type: "down" | "move" | "up", [row, col]: Place): void {
  const { camera } = editor.state.getSnapshot();
  const x = (col + 0.5 - camera.left) * camera.zoom;
  const y = (row + 0.5 - camera.top) * camera.zoom;
  editor.dispatch({ type: `pointer_${type}`, x, y, button: 0, buttons: type === "up" ? 0 : 1 });
}

export function drag(editor: Editor, places: readonly Place[]): void {
  pointer(editor, "down", places[0]);
  for (const place of places.slice(1)) {
    pointer(editor, "move", place);
  }
  pointer(editor, "up", places[places.length - 1]);
}

const click = (editor: Editor, place: Place): void => drag(editor, [place]);
const select = (crop: BenchCrop, cell: Place): void => crop.editor.select(crop.labelOf(cell));

function using(
  tool: ToolId,
  act: (crop: BenchCrop, cell: Place) => void,
  mode: "protect" | "overwrite" = "overwrite",
): Pick<Act, "prepare" | "act"> {
  return {
    prepare: (crop, cell) => {
      crop.editor.setTool(tool);
      crop.editor.setWriteMode(mode);
      select(crop, cell);
    },
    act,
  };
}

function command(id: string): Pick<Act, "prepare" | "act"> {
  return { prepare: select, act: ({ editor }) => void editor.run(id) };
}

export const ACTS: readonly Act[] = [
  {
    name: "brush stroke of 20 events",
    ...using("brush", ({ editor }, [row, col]) => {
      editor.setBrushRadius(5);
      drag(
        editor,
        Array.from({ length: 20 }, (_, k) => [row + (k % 5), col + k]),
      );
    }),
  },
  {
    name: "trim",
    ...using("trim", ({ editor }, cell) => click(editor, cell)),
    prepare: (crop, cell) => {
      const { editor } = crop;
      select(crop, cell);
      editor.setTool("brush");
      editor.setBrushRadius(1);
      editor.setWriteMode("overwrite");
      click(editor, right(crop, cell));
      editor.setBrushRadius(5);
      editor.setTool("trim");
    },
    cleanUp: ({ editor }) => void editor.run("history.undo"),
  },
  {
    name: "flood a cell",
    ...using("flood", (crop, cell) => click(crop.editor, right(crop, cell))),
  },
  {
    name: "merge by a drag",
    ...using("merge", (crop, cell) => drag(crop.editor, [cell, right(crop, cell)])),
  },
  { name: "delete", ...command("label.delete") },
  {
    name: "split by a line",
    ...using("split", ({ editor, pitch }, [row, col]) =>
      drag(editor, [
        [row - Math.ceil(pitch / 2), col],
        [row + Math.ceil(pitch / 2), col],
      ]),
    ),
  },
  { name: "autofit", ...command("label.autofit") },
  {
    name: "watershed split",
    ...using("watershed", ({ editor }, [row, col]) => {
      click(editor, [row, col - 4]);
      click(editor, [row, col + 4]);
    }),
  },
];
