import { allItems, bodyOf, type Transport } from "./transport";
import type {
  Dataset,
  Fov,
  FovForm,
  Job,
  JobBody,
  LaunchLink,
  ModelVersion,
  Preview,
  Project,
  Promotion,
  Round,
  Run,
} from "./types";

/** The calls of the admin page. */
export interface AdminApi {
  projects(): Promise<Project[]>;
  project(id: number): Promise<Project>;
  createProject(name: string): Promise<Project>;
  /** Replaces the named settings, each as a whole, and leaves the others. */
  changeSettings(projectId: number, settings: Partial<Project["settings"]>): Promise<Project>;
  fovs(projectId: number): Promise<Fov[]>;
  preview(projectId: number, form: FovForm): Promise<Preview>;
  upload(projectId: number, form: FovForm): Promise<Fov>;
  jobs(projectId: number): Promise<Job[]>;
  createJob(projectId: number, body: JobBody): Promise<Job>;
  launchLink(jobId: number, annotator: string): Promise<LaunchLink>;
  datasets(projectId: number): Promise<Dataset[]>;
  createDataset(projectId: number): Promise<void>;
  datasetFile(datasetId: number, name: string): Promise<Blob>;
  runs(projectId: number): Promise<Run[]>;
  startTraining(projectId: number): Promise<Run>;
  cancelRun(runId: number): Promise<void>;
  modelVersions(projectId: number): Promise<ModelVersion[]>;
  /** The report page of a model version, as a file. */
  modelReport(modelVersionId: number): Promise<Blob>;
  promotions(projectId: number): Promise<Promotion[]>;
  promote(projectId: number, modelVersionId: number): Promise<void>;
  rollBack(projectId: number, reason: string): Promise<void>;
  rounds(projectId: number): Promise<Round[]>;
}

function multipart(form: FovForm): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) {
    if (value instanceof File) data.set(name, value, value.name);
    else if (value !== undefined && value !== "") data.set(name, String(value));
  }
  return data;
}

export function createAdminApi({ json, send }: Transport): AdminApi {
  const of = (id: number) => ({ params: { path: { project_id: id } } });
  const page = (id: number, query: { after: number; limit: number }) => ({
    params: { path: { project_id: id }, query },
  });
  const post = async (path: string, body: FormData) =>
    (await send(path, { method: "POST", body })).json();
  return {
    projects: () => allItems((query) => json.GET("/api/v1/projects", { params: { query } })),
    project: async (id) => bodyOf(await json.GET("/api/v1/projects/{project_id}", of(id))),
    createProject: async (name) => bodyOf(await json.POST("/api/v1/projects", { body: { name } })),
    changeSettings: async (id, settings) =>
      bodyOf(await json.PATCH("/api/v1/projects/{project_id}", { ...of(id), body: { settings } })),
    fovs: (id) =>
      allItems((query) => json.GET("/api/v1/projects/{project_id}/fovs", page(id, query))),
    preview: (id, form) => post(`/projects/${id}/previews`, multipart(form)),
    upload: (id, form) => post(`/projects/${id}/fovs`, multipart(form)),
    jobs: (id) =>
      allItems((query) => json.GET("/api/v1/projects/{project_id}/jobs", page(id, query))),
    createJob: async (id, body) =>
      bodyOf(await json.POST("/api/v1/projects/{project_id}/jobs", { ...of(id), body })),
    launchLink: async (id, annotator) =>
      bodyOf(
        await json.POST("/api/v1/jobs/{job_id}/launch-tokens", {
          params: { path: { job_id: id } },
          body: { annotator },
        }),
      ),
    datasets: (id) =>
      allItems((query) => json.GET("/api/v1/projects/{project_id}/datasets", page(id, query))),
    createDataset: async (id) => {
      await json.POST("/api/v1/projects/{project_id}/datasets", { ...of(id), body: {} });
    },
    datasetFile: async (id, name) =>
      (await send(`/datasets/${id}/files/${encodeURIComponent(name)}`)).blob(),
    runs: (id) =>
      allItems((query) => json.GET("/api/v1/projects/{project_id}/runs", page(id, query))),
    startTraining: async (id) =>
      bodyOf(
        await json.POST("/api/v1/projects/{project_id}/runs", {
          ...of(id),
          body: { kind: "train" },
        }),
      ),
    cancelRun: async (id) => {
      await json.POST("/api/v1/runs/{run_id}/cancel", { params: { path: { run_id: id } } });
    },
    modelVersions: (id) =>
      allItems((query) =>
        json.GET("/api/v1/projects/{project_id}/model-versions", page(id, query)),
      ),
    modelReport: async (id) => (await send(`/model-versions/${id}/report`)).blob(),
    promotions: (id) =>
      allItems((query) => json.GET("/api/v1/projects/{project_id}/promotions", page(id, query))),
    promote: async (id, modelVersionId) => {
      const body = { model_version_id: modelVersionId };
      await json.POST("/api/v1/projects/{project_id}/promotions", { ...of(id), body });
    },
    rollBack: async (id, reason) => {
      await json.POST("/api/v1/projects/{project_id}/rollbacks", { ...of(id), body: { reason } });
    },
    rounds: async (id) =>
      bodyOf(await json.GET("/api/v1/projects/{project_id}/rounds", of(id))).items,
  };
}
