import type * as t from "./types";

// The paths of docs/architecture.md in the form that openapi-typescript generates.
type Json<T> = { content: { "application/json": T } };
type Ids<Name extends string> = { path: Record<Name, number> };
type Get<Answer, Parameters = object> = {
  parameters: Parameters;
  responses: { 200: Json<Answer> };
};
type Post<Answer, Body = undefined, Parameters = object> = {
  parameters: Parameters;
  responses: { 200: Json<Answer> };
} & (Body extends undefined ? object : { requestBody: Json<Body> });

type List<Item, Parameters = object> = Get<
  t.Page<Item>,
  Parameters & { query?: { after?: number; limit?: number } }
>;

type OfProject = Ids<"project_id">;
type OfFov = Ids<"fov_id">;
type OfJob = Ids<"job_id">;
type OfAssignment = Ids<"assignment_id">;

export interface paths {
  "/api/v1/sign-in": { post: Post<t.Session, { name: string; password: string }> };
  "/api/v1/me": { get: Get<t.User> };
  "/api/v1/launches": { post: Post<t.Launch, { launch_token: string }> };
  "/api/v1/projects": { get: List<t.Project>; post: Post<t.Project, { name: string }> };
  "/api/v1/projects/{project_id}": { get: Get<t.Project, OfProject> };
  "/api/v1/projects/{project_id}/fovs": { get: List<t.Fov, OfProject> };
  "/api/v1/fovs/{fov_id}": { get: Get<t.Fov, OfFov> };
  "/api/v1/fovs/{fov_id}/findings": { get: List<t.Finding, OfFov> };
  "/api/v1/fovs/{fov_id}/stitch-report": { get: Get<t.StitchReport, OfFov> };
  "/api/v1/fovs/{fov_id}/reviews": { post: Post<unknown, t.ReviewBody, OfFov> };
  "/api/v1/projects/{project_id}/jobs": {
    get: List<t.Job, OfProject>;
    post: Post<t.Job, t.JobBody, OfProject>;
  };
  "/api/v1/jobs/{job_id}/launch-tokens": {
    post: Post<t.LaunchLink, { annotator: string }, OfJob>;
  };
  "/api/v1/jobs/{job_id}/claims": { post: Post<t.Assignment, undefined, OfJob> };
  "/api/v1/assignments/{assignment_id}": { get: Get<t.Assignment, OfAssignment> };
  "/api/v1/assignments/{assignment_id}/edits": {
    post: Post<{ last_seq: number }, { edits: t.WireEdit[] }, OfAssignment>;
  };
  "/api/v1/assignments/{assignment_id}/submit": {
    post: Post<unknown, { last_seq: number; checksums: t.Checksums }, OfAssignment>;
  };
  "/api/v1/assignments/{assignment_id}/release": { post: Post<unknown, undefined, OfAssignment> };
  "/api/v1/assignments/{assignment_id}/skip": { post: Post<unknown, undefined, OfAssignment> };
  "/api/v1/projects/{project_id}/datasets": {
    get: List<t.Dataset, OfProject>;
    post: Post<unknown, { seed?: number }, OfProject>;
  };
  "/api/v1/projects/{project_id}/runs": {
    get: List<t.Run, OfProject>;
    post: Post<t.Run, { kind: "train" }, OfProject>;
  };
  "/api/v1/projects/{project_id}/model-versions": { get: List<t.ModelVersion, OfProject> };
  "/api/v1/projects/{project_id}/promotions": {
    get: List<t.Promotion, OfProject>;
    post: Post<unknown, { model_version_id: number }, OfProject>;
  };
  "/api/v1/projects/{project_id}/rollbacks": { post: Post<unknown, { reason: string }, OfProject> };
  "/api/v1/projects/{project_id}/rounds": { get: Get<{ items: t.Round[] }, OfProject> };
}
