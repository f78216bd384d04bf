import { describe, expect, it, vi } from "vitest";
import { ApiError, type PredictionState } from "../../src/api";
import { predictorPort } from "../../src/ui/ports/predictor";
import { npyBytes } from "./npy-bytes";

const request = {
  compartment: "nuclear",
  frame: 2,
  window: { row: 1, col: 2, height: 2, width: 3 },
} as const;

const state = (name: PredictionState["state"], message: string | null = null) => {
  return { id: 7, state: name, message };
};

/** A server that goes through these states, or fails. */
function open(
  states: (PredictionState | ApiError)[],
  labels = npyBytes("<u4", [2, 3], Uint32Array.of(0, 1, 1, 0, 2, 2)),
) {
  const next = async () => {
    const answer = states.shift() ?? state("running");
    if (answer instanceof ApiError) throw answer;
    return answer;
  };
  const api = {
    requestPrediction: vi.fn(next),
    prediction: vi.fn(next),
    predictionLabels: vi.fn(async () => labels),
  };
  return { api, port: predictorPort(api, 8, async () => undefined) };
}

const never = () => false;
const offline = () => new ApiError("offline", "The server cannot be reached.", 0);

describe("the predictor's port", () => {
  it("asks, waits through short failures, and reads the labels", async () => {
    const { api, port } = open([state("queued"), state("running"), offline(), state("done")]);
    const outcome = await port.predict(request, never);
    expect(outcome).toEqual({ kind: "done", labels: Uint32Array.of(0, 1, 1, 0, 2, 2) });
    expect(api.requestPrediction).toHaveBeenCalledWith(8, request);
    expect(api.prediction.mock.calls).toEqual([
      [8, 7],
      [8, 7],
      [8, 7],
    ]);
    expect(api.predictionLabels).toHaveBeenCalledWith(8, 7);
  });

  it("says what the server says when it fails, is refused, or holds no labels", async () => {
    const said = async (states: (PredictionState | ApiError)[]) =>
      await open(states).port.predict(request, never);
    const message = "The box is outside of the crop.";
    const failed = { kind: "failed", message };
    expect(await said([state("failed", message)])).toEqual(failed);
    expect(await said([new ApiError("invalid_input", message, 422)])).toEqual(failed);
    expect(await said([state("queued"), new ApiError("not_found", message, 404)])).toEqual(failed);
    const bytes = npyBytes("<u2", [2, 3], Uint16Array.of(0, 1, 1, 0, 2, 2));
    expect(await open([state("done")], bytes).port.predict(request, never)).toMatchObject({
      kind: "failed",
    });
  });

  it("gives up when nobody waits any more, or nothing answers for long", async () => {
    const { api, port } = open([state("queued")]);
    expect(await port.predict(request, () => true)).toMatchObject({ kind: "failed" });
    expect(api.prediction).not.toHaveBeenCalled();
    const gone = open([state("queued"), ...Array.from({ length: 20 }, offline)]);
    const outcome = await gone.port.predict(request, never);
    expect(outcome).toEqual({ kind: "failed", message: "The server cannot be reached." });
    expect(gone.api.prediction).toHaveBeenCalledTimes(8);
  });
});
