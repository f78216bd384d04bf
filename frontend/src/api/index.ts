export { type AdminApi, createAdminApi } from "./admin";
export {
  type AnnotatorApi,
  createAnnotatorApi,
  type PredictionBody,
  type PredictionState,
  type StoredLabels,
  type StoredMarks,
  type SubmitBody,
} from "./annotator";
export { ApiError } from "./errors";
export { createReviewerApi, type PreviewOptions, type ReviewerApi } from "./reviewer";
export { createSender, type Sender, type TransportOptions } from "./sender";
export { createSignInApi, type SignInApi } from "./sign-in";
export { createTransport, type Transport } from "./transport";
export type * from "./types";
export { createViewPresetsApi, type ViewPresetsApi } from "./view-presets";
