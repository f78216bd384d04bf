import OperationWorkerScript from "./operation-worker?worker&inline";

/** The worker travels within the page as a blob, because a sandboxed frame cannot load one by its URL. */
export const startWorker = (): Worker => new OperationWorkerScript();
