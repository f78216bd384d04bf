/** Boxes that the predictor works on. What comes back is written to the labels as they are then. */
import { grownWindow, type PixelWindow, type PlaneName } from "../model";
import type { Operator } from "./operator";
import type { PredictionOutcome, PredictorPort } from "./ports";
import type { ToolContext } from "./tools/context";
import type { PendingPrediction } from "./work";

const LEAST_PX = 16;
const MOST_PX = 2048;
const BROKEN: PredictionOutcome = { kind: "failed", message: "The prediction failed. Try again." };

export class Predictions {
  private readonly context: ToolContext;
  private readonly port: PredictorPort | null;
  private readonly operator: Operator;
  private readonly show: (pending: readonly PendingPrediction[]) => void;
  private pending: readonly PendingPrediction[] = [];
  private nAsked = 0;

  constructor(
    context: ToolContext,
    port: PredictorPort | null,
    show: (pending: readonly PendingPrediction[]) => void,
  ) {
    this.context = context;
    this.port = port;
    this.operator = context.operator;
    this.show = show;
  }

  /** Asks for the labels of a box of the shown plane. */
  ask(window: PixelWindow): void {
    const { context, port } = this;
    const sides = [window.height, window.width];
    if (port === null) {
      context.say("There is no predictor here.");
    } else if (sides.some((px) => px < LEAST_PX || px > MOST_PX)) {
      context.say(`Drag a box of ${LEAST_PX} to ${MOST_PX} pixels a side.`);
    } else {
      void this.wait(port, { id: ++this.nAsked, ...context.plane, window });
    }
  }

  /** Forgets one, or the latest; false when there is none. */
  cancel(id = this.pending[this.pending.length - 1]?.id): boolean {
    const isMeant = this.pending.some((each) => each.id === id);
    this.set(this.pending.filter((each) => each.id !== id));
    return isMeant;
  }

  cancelAll(): void {
    this.pending = [];
  }

  private async wait(port: PredictorPort, asked: PendingPrediction): Promise<void> {
    const isCancelled = () => !this.pending.includes(asked);
    this.set([...this.pending, asked]);
    const outcome = await port.predict(asked, isCancelled).catch(() => BROKEN);
    if (!isCancelled()) {
      this.operator.whenFree(() => this.finish(asked, outcome, isCancelled));
    }
  }

  private finish(
    asked: PendingPrediction,
    outcome: PredictionOutcome,
    isCancelled: () => boolean,
  ): void {
    if (isCancelled()) {
      return;
    }
    this.set(this.pending.filter((each) => each !== asked));
    const { height, width } = asked.window;
    if (outcome.kind === "failed") {
      this.context.say(outcome.message);
    } else if (outcome.labels.length !== height * width) {
      this.context.say("The prediction does not fit its box. Try again.");
    } else {
      this.write(asked, asked.window, outcome.labels);
    }
  }

  private write(plane: PlaneName, box: PixelWindow, found: Uint32Array): void {
    const { document, snapshot } = this.context;
    const { compartment, frame } = plane;
    const window = grownWindow(box, 1, document.shape) ?? box;
    const inner = { ...box, row: box.row - window.row, col: box.col - window.col };
    const nFound = found.reduce((most, label) => Math.max(most, label), 0);
    const labels = document.freshLabels(Math.min(nFound, found.length));
    const args = { found, box: inner, labels, mode: snapshot.writeMode };
    const request = { op: "adopt" as const, plane: { compartment, frame }, window, args };
    this.operator.runAll("predict_box", [request]);
  }

  private set(pending: readonly PendingPrediction[]): void {
    this.pending = pending;
    this.show(pending);
  }
}
