import { type AnnotatorApi, ApiError, type PredictionState } from "../../api";
import type { PredictionOutcome, PredictorPort } from "../../engine";
import { parseNpy } from "../../model";

type Api = Pick<AnnotatorApi, "requestPrediction" | "prediction" | "predictionLabels">;

const POLL_MS = 400;
/** The server gives up after five minutes. */
const MAX_POLLS = 800;
/** So many polls in a row may get no answer. */
const MAX_FAILURES = 8;

/** Asks the server's predictor for boxes of one assignment, and waits for it. */
export function predictorPort(
  api: Api,
  assignmentId: number,
  pause: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, POLL_MS)),
): PredictorPort {
  return {
    predict: async ({ compartment, frame, window }, isCancelled) => {
      try {
        const body = { compartment, frame, window: { ...window } };
        const asked = await api.requestPrediction(assignmentId, body);
        const ended = await settled(api, assignmentId, asked, { isCancelled, pause });
        if (ended.state !== "done") return failed(ended.message);
        const { data } = parseNpy(await api.predictionLabels(assignmentId, ended.id));
        return data instanceof Uint32Array ? { kind: "done", labels: data } : failed(null);
      } catch (failure) {
        return failed(failure instanceof Error ? failure.message : null);
      }
    },
  };
}

interface Waiting {
  isCancelled: () => boolean;
  pause: () => Promise<void>;
}

async function settled(
  api: Api,
  assignmentId: number,
  asked: PredictionState,
  { isCancelled, pause }: Waiting,
): Promise<PredictionState> {
  let now = asked;
  let nFailures = 0;
  for (let n = 0; n < MAX_POLLS && !isEnded(now) && !isCancelled(); n++) {
    await pause();
    try {
      now = await api.prediction(assignmentId, asked.id);
      nFailures = 0;
    } catch (failure) {
      const isPassing = failure instanceof ApiError && failure.isTransient;
      if (!isPassing || ++nFailures === MAX_FAILURES) throw failure;
    }
  }
  return now;
}

function isEnded({ state }: PredictionState): boolean {
  return state === "done" || state === "failed";
}

function failed(message: string | null): PredictionOutcome {
  return { kind: "failed", message: message ?? "The prediction did not end. Try again." };
}
