import { useEffect, useRef } from "react";
import type { Editor, Viewport } from "../../engine";
import { embedStrings } from "../strings-embed";
import { watchDensity } from "./density";
import { listenToPointer } from "./pointer";
import { withSizeDrag } from "./size-drag";
import { useEditorState } from "./useEditorState";

function viewportOf(canvas: HTMLCanvasElement): Viewport {
  const { width, height } = canvas.getBoundingClientRect();
  return {
    width: Math.max(1, Math.round(width)),
    height: Math.max(1, Math.round(height)),
    pixelRatio: window.devicePixelRatio || 1,
  };
}

interface CanvasHostProps {
  editor: Editor;
  locked: boolean;
  onViewport: (viewport: Viewport) => void;
}

/** The canvas that the editor draws on; it fills the place it stands in and passes pointer and wheel on. */
export function CanvasHost({ editor, locked, onViewport }: CanvasHostProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const tool = useEditorState(editor, (state) => state.tool);
  const path = useEditorState(editor, (state) => state.path);

  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const viewport = viewportOf(canvas);
    const detach = editor.attach(canvas, viewport);
    onViewport(viewport);
    const resize = () => {
      editor.resize(viewportOf(canvas));
      onViewport(viewportOf(canvas));
    };
    const observer = new ResizeObserver(resize);
    observer.observe(canvas);
    const stopWatching = watchDensity(resize);
    return () => {
      observer.disconnect();
      stopWatching();
      detach();
    };
  }, [editor, onViewport]);

  useEffect(() => {
    const canvas = ref.current;
    if (!canvas || locked) return;
    return listenToPointer(canvas, withSizeDrag(editor));
  }, [editor, locked]);

  return (
    <canvas
      ref={ref}
      className="crop-canvas"
      data-tool={tool}
      data-path={path}
      aria-label={embedStrings.canvas}
      role="img"
      tabIndex={0}
    />
  );
}
