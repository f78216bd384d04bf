import type { Editor, EditorInput, PointerInput } from "../../engine";
import { optionsOf } from "./toolbar/options";

const RIGHT = 2;

/**
 * Passes inputs to the editor, but for a drag of the right button with Alt held: that one sizes the
 * brush. (With the left button Alt erases.)
 */
export function withSizeDrag(
  editor: Pick<Editor, "state" | "dispatch" | "setBrushRadius">,
): (input: EditorInput) => void {
  let start: { readonly x: number; readonly radiusPx: number } | null = null;

  const begins = (input: PointerInput) =>
    input.type === "pointer_down" &&
    input.alt === true &&
    input.button === RIGHT &&
    optionsOf(editor.state.getSnapshot().tool).includes("size");

  return (input) => {
    const { brushRadiusPx, camera } = editor.state.getSnapshot();
    if (!isPointer(input)) {
      editor.dispatch(input);
    } else if (begins(input)) {
      start = { x: input.x, radiusPx: brushRadiusPx };
    } else if (start === null || hasLostRelease(input)) {
      start = null;
      editor.dispatch(input);
    } else if (input.type === "pointer_move") {
      editor.setBrushRadius(
        Math.max(1, Math.round(start.radiusPx + (input.x - start.x) / camera.zoom)),
      );
    } else if (input.type === "pointer_up" || input.type === "pointer_cancel") {
      start = null;
    }
  };
}

function isPointer(input: EditorInput): input is PointerInput {
  return input.type.startsWith("pointer_");
}

/** A move without any button held. */
function hasLostRelease({ type, buttons }: PointerInput): boolean {
  return type === "pointer_move" && buttons === 0;
}
