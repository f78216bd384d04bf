/** What runs in the worker: one operation of the model per message. */
import { type OperationJob, runOperation } from "../../model";

export interface OperationRequest {
  readonly id: number;
  readonly job: OperationJob;
}

addEventListener("message", ({ data }: MessageEvent<OperationRequest>) => {
  const { id, job } = data;
  try {
    postMessage({ id, patch: runOperation(job) });
  } catch (failure) {
    postMessage({ id, failure: failure instanceof Error ? failure.message : String(failure) });
  }
});
