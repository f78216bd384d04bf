/** What runs in the worker: one operation of the model, or the checks of a crop, per message. */
import { type CheckInput, checkLabels, type OperationJob, runOperation } from "../../model";

export interface OperationRequest {
  readonly id: number;
  readonly work: { readonly job: OperationJob } | { readonly check: CheckInput };
}

addEventListener("message", ({ data }: MessageEvent<OperationRequest>) => {
  const { id, work } = data;
  try {
    postMessage({ id, result: "job" in work ? runOperation(work.job) : checkLabels(work.check) });
  } catch (failure) {
    postMessage({ id, failure: failure instanceof Error ? failure.message : String(failure) });
  }
});
