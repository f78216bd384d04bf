/**
 * Eraser. While other labels are protected it touches one label only: the selected one, else the
 * first that the stroke meets. In overwrite mode it erases whatever it meets. As an option, it
 * touches only the label that it starts on, in both modes.
 */
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ToolContext } from "./context";
import { StrokeGesture } from "./stroke";

/** One erasing stroke; the brush uses it too. */
export class Eraser {
  private readonly context: ToolContext;
  private stroke: StrokeGesture | null = null;
  /** The only label it may erase; 0 until the stroke met one. */
  private target = 0;

  constructor(context: ToolContext) {
    this.context = context;
  }

  begin(pointer: ToolPointer): void {
    this.stroke = new StrokeGesture(this.context);
    const { selected, work } = this.context.snapshot;
    const start = this.context.labelAt(pointer.point);
    this.target = work.options.eraseOnlyStart ? start : selected;
    this.move(pointer);
  }

  move(pointer: ToolPointer): undefined {
    const { writeMode, work } = this.context.snapshot;
    const { eraseOnlyStart } = work.options;
    const isProtecting = writeMode === "protect" || eraseOnlyStart;
    for (const point of pointer.trail) {
      this.target ||= eraseOnlyStart ? 0 : this.context.labelAt(point);
      if (!isProtecting) {
        this.stroke?.moveTo(point, { label: 0 });
      } else if (this.target !== 0) {
        this.stroke?.moveTo(point, { label: 0, only: this.target });
      } else {
        this.stroke?.skipTo(point);
      }
    }
  }

  finish(pointer: ToolPointer): void {
    this.move(pointer);
    this.stroke?.finish("erase");
  }

  cancel(): void {
    this.stroke?.cancel();
  }
}

type EraseState = "idle" | "erasing";

export function eraseTool(context: ToolContext): Tool {
  const eraser = new Eraser(context);
  const chart: Chart<EraseState> = {
    id: "erase",
    initial: "idle",
    states: {
      idle: {
        down: (pointer) => {
          if (!context.snapshot.editable) {
            return undefined;
          }
          eraser.begin(pointer);
          return "erasing";
        },
      },
      erasing: {
        move: (pointer) => eraser.move(pointer),
        up: (pointer) => {
          eraser.finish(pointer);
          return "idle";
        },
      },
    },
    abort: () => eraser.cancel(),
  };
  return runChart(chart);
}
