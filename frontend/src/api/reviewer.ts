import { allItems, bodyOf, type Transport } from "./transport";
import type { Finding, Fov, Project, ReviewBody, StitchReport } from "./types";

export interface PreviewOptions {
  labels: boolean;
  /** Longest side in pixels. */
  size: number;
}

/** The calls of the review page. */
export interface ReviewerApi {
  projects(): Promise<Project[]>;
  fovs(projectId: number): Promise<Fov[]>;
  fov(id: number): Promise<Fov>;
  preview(fovId: number, options: PreviewOptions): Promise<Blob>;
  /** npz with `y` and `compartments`. */
  labelsFile(fovId: number): Promise<Blob>;
  findings(fovId: number): Promise<Finding[]>;
  stitchReport(fovId: number): Promise<StitchReport>;
  /** Another try for an FOV that could not be stitched; for admins. */
  stitchAgain(fovId: number): Promise<void>;
  review(fovId: number, body: ReviewBody): Promise<void>;
}

export function createReviewerApi({ json, send }: Transport): ReviewerApi {
  const ofFov = (id: number) => ({ params: { path: { fov_id: id } } });
  return {
    projects: () => allItems((query) => json.GET("/api/v1/projects", { params: { query } })),
    fovs: (id) =>
      allItems((query) =>
        json.GET("/api/v1/projects/{project_id}/fovs", {
          params: { path: { project_id: id }, query },
        }),
      ),
    fov: async (id) => bodyOf(await json.GET("/api/v1/fovs/{fov_id}", ofFov(id))),
    preview: async (id, { labels, size }) =>
      (await send(`/fovs/${id}/preview.png?labels=${labels ? 1 : 0}&size=${size}`)).blob(),
    labelsFile: async (id) => (await send(`/fovs/${id}/labels.npz`)).blob(),
    findings: (id) =>
      allItems((query) =>
        json.GET("/api/v1/fovs/{fov_id}/findings", { params: { path: { fov_id: id }, query } }),
      ),
    stitchReport: async (id) =>
      bodyOf(await json.GET("/api/v1/fovs/{fov_id}/stitch-report", ofFov(id))),
    stitchAgain: async (id) => {
      await json.POST("/api/v1/fovs/{fov_id}/stitch", ofFov(id));
    },
    review: async (id, body) => {
      await json.POST("/api/v1/fovs/{fov_id}/reviews", { ...ofFov(id), body });
    },
  };
}
