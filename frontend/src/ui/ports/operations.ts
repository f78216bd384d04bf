import type { WorkerPort } from "../../engine";
import type { CheckFinding, CheckInput, OperationPatch } from "../../model";
import type { OperationRequest } from "./operation-worker";

/** What the worker answers. */
export type OperationAnswer =
  | { readonly id: number; readonly result: OperationPatch | CheckFinding[] | null }
  | { readonly id: number; readonly failure: string };

interface Waiting {
  // What comes back fits what was asked: the id says so.
  resolve: (result: never) => void;
  reject: (failure: Error) => void;
}

/** The part of a worker that is used here. */
export type WorkerLike = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

/**
 * Runs operations in a worker that is started with the first one. When it cannot start or breaks,
 * every operation under way is rejected (the editor then computes by itself) and none goes to it again.
 */
export class OperationWorker implements WorkerPort {
  readonly #start: () => Promise<WorkerLike>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<WorkerLike> | null = null;
  #nAsked = 0;
  #broken: Error | null = null;

  constructor(start: () => Promise<WorkerLike>) {
    this.#start = start;
  }

  run: WorkerPort["run"] = (_, job) => this.#ask<OperationPatch | null>({ job });

  /** The checks of a crop; without a worker they run here. */
  async check(input: CheckInput): Promise<CheckFinding[]> {
    try {
      return await this.#ask<CheckFinding[]>({ check: input });
    } catch {
      const { checkLabels } = await import("../../model/checks/check-labels");
      return checkLabels(input);
    }
  }

  /** Ends the worker; what is under way is rejected. */
  dispose(): void {
    this.#breakDown(new Error("The worker was ended."));
  }

  async #ask<T>(work: OperationRequest["work"]): Promise<T> {
    if (this.#broken) throw this.#broken;
    const worker = await this.#started();
    const request: OperationRequest = { id: ++this.#nAsked, work };
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      worker.postMessage(request);
    });
  }

  async #started(): Promise<WorkerLike> {
    this.#worker ??= this.#start();
    try {
      const worker = await this.#worker;
      worker.onmessage = ({ data }: MessageEvent<OperationAnswer>) => this.#settle(data);
      worker.onerror = () => this.#breakDown(new Error("The worker broke."));
      return worker;
    } catch (failure) {
      this.#broken = failure instanceof Error ? failure : new Error(String(failure));
      throw this.#broken;
    }
  }

  #settle(answer: OperationAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("failure" in answer) waiting?.reject(new Error(answer.failure));
    else waiting?.resolve(answer.result as never);
  }

  #breakDown(failure: Error): void {
    this.#broken = failure;
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
    this.#worker?.then(
      (worker) => worker.terminate(),
      () => undefined,
    );
  }
}
