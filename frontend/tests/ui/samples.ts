import type { Assignment, Finding, Fov, Job, ModelVersion, Project, Run } from "../../src/api";

// Bodies of the API with plain values, each open to change.
const AT = "2026-03-04T05:06:07Z";

export function project(change: Partial<Project> = {}): Project {
  return {
    id: 1,
    name: "Spleen",
    settings: {
      qc: {},
      crop_size_px: 256,
      overlap: 0.25,
      retrain_min_new_cells: 100,
      predictor: "baseline",
      cell_types: [],
      submit_checks: { min_area_px: 15, min_covered: 0.5, min_bright_area_px: 80 },
      view_presets: [],
      postprocessing: {},
      train_from: "default",
      hide_uncertain: true,
      shrink: "auto",
    },
    current_model: null,
    counts: { fovs: { stitched: 1 }, jobs: {}, n_fovs: 2, n_jobs: 0 },
    created_at: AT,
    ...change,
  };
}

export function fov(change: Partial<Fov> = {}): Fov {
  return {
    id: 3,
    project_id: 1,
    name: "spleen-1",
    state: "stitched",
    n_frames: 1,
    n_rows: 100,
    n_columns: 200,
    dtype: "uint16",
    channels: [{ name: "DAPI", role: "nuclear", min: 0, max: 4000 }],
    compartments: ["nuclear"],
    pixel_size_um: 0.5,
    n_bytes: 40_000,
    group: null,
    split: null,
    current_revision: {
      id: 7,
      source: "stitch",
      parent_id: null,
      author_id: null,
      predictor: null,
      model_version_id: null,
      compartments: ["nuclear"],
      counts: { nuclear: 210 },
      created_at: AT,
    },
    stitch_failure: null,
    created_at: AT,
    accepted_at: null,
    ...change,
  };
}

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: 1,
    rule: "small",
    severity: "warning",
    compartment: "nuclear",
    label: 4,
    frame: 0,
    row: 10,
    col: 20,
    message: "A small piece.",
    value: 9,
    ...change,
  };
}

export function job(change: Partial<Job> = {}): Job {
  return {
    id: 5,
    project_id: 1,
    name: "First pass",
    state: "open",
    instructions: "",
    fov_ids: [3],
    model_version_id: null,
    crop_size_px: 256,
    overlap: 0.2,
    redundancy: 1,
    start_from: "accepted",
    platform: "link",
    seed: 0,
    failure: null,
    counts: { ready: 2, assigned: 1, submitted: 4, returned: 0, approved: 1, skipped: 0 },
    created_at: AT,
    ...change,
  };
}

export function run(change: Partial<Run> = {}): Run {
  return {
    id: 6,
    project_id: 1,
    kind: "train",
    state: "running",
    inputs: {},
    progress: { fraction: 0.4, message: "epoch 4 of 10", losses: [] },
    failure: null,
    created_at: AT,
    started_at: AT,
    heartbeat_at: AT,
    finished_at: null,
    ...change,
  };
}

export function modelVersion(change: Partial<ModelVersion> = {}): ModelVersion {
  return {
    id: 2,
    project_id: 1,
    number: 1,
    name: "unet-1",
    kind: "unet",
    is_current: false,
    dataset_version_id: 1,
    run_id: 6,
    config: {},
    metrics: { mean_f1: 0.8124, nuclear: { f1: 0.9 } },
    created_at: AT,
    ...change,
  };
}

export function assignment(change: Partial<Assignment> = {}): Assignment {
  return {
    id: 8,
    task_id: 9,
    job_id: 5,
    fov_id: 3,
    state: "open",
    window: { row: 0, col: 0, height: 2, width: 3 },
    n_frames: 1,
    channels: [{ index: 0, name: "DAPI", role: "nuclear", dtype: "uint16", min: 0, max: 1000 }],
    compartments: ["whole_cell", "nuclear"],
    pixel_size_um: 0.5,
    last_seq: 0,
    lease_expires_at: AT,
    cell_types: [],
    submit_checks: { min_area_px: 15, min_covered: 0.5, min_bright_area_px: 80 },
    view_presets: [],
    confidences: {},
    ...change,
  };
}
