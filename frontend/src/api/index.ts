export { type AdminApi, createAdminApi } from "./admin";
export {
  type AnnotatorApi,
  createAnnotatorApi,
  type StoredLabels,
  type SubmitBody,
} from "./annotator";
export { ApiError } from "./errors";
export { createReviewerApi, type PreviewOptions, type ReviewerApi } from "./reviewer";
export { createSignInApi, type SignInApi } from "./sign-in";
export { createTransport, type Transport, type TransportOptions } from "./transport";
export type * from "./types";
