import type { Compartment } from "../model/compartments";

/** The bodies of the HTTP API, in the words of docs/architecture.md. */
export type Role = "annotator" | "reviewer" | "admin";

export type TaskState = "ready" | "assigned" | "submitted" | "returned" | "approved" | "skipped";
export type FovState =
  | "ingested"
  | "proposed"
  | "annotating"
  | "stitched"
  | "accepted"
  | "returned";
export type JobState = "preparing" | "open" | "done" | "failed";
export type AssignmentState = "open" | "submitted" | "released" | "expired" | "skipped";

export interface User {
  id: number;
  name: string;
  role: Role;
}

export interface Session {
  token: string;
  user: User;
}

export interface Window {
  row: number;
  col: number;
  height: number;
  width: number;
}

export interface ChannelInfo {
  index: number;
  name: string;
  role: string;
  dtype: string;
  min: number;
  max: number;
}

export interface Assignment {
  id: number;
  task_id: number;
  job_id: number;
  state: AssignmentState;
  window: Window;
  n_frames: number;
  channels: ChannelInfo[];
  compartments: Compartment[];
  pixel_size_um: number | null;
  last_seq: number;
  lease_expires_at: string;
}

export interface Launch {
  token: string;
  annotator: { id: number; name: string };
  job: { id: number; name: string; instructions: string };
}

/** One edit as it goes over the wire: `diff` is a label diff in base64, `checksum` its CRC-32. */
export interface WireEdit {
  seq: number;
  tool: string;
  client_at: string;
  active_s: number;
  diff: string;
  checksum: number;
}

export type Checksums = Partial<Record<Compartment, number>>;

export interface Page<Item> {
  items: Item[];
  /** The `after` of the page that follows; null on the last one. */
  next: number | null;
}

export interface Project {
  id: number;
  name: string;
  settings: Record<string, unknown>;
  /** Null while the `baseline` predictor serves. */
  current_model: { id: number; name: string } | null;
  counts: {
    fovs: Partial<Record<FovState, number>>;
    jobs: Partial<Record<JobState, number>>;
    n_fovs: number;
    n_jobs: number;
  };
  created_at: string;
}

export interface Revision {
  id: number;
  source: "ingest" | "predictor" | "annotator" | "stitch" | "reviewer";
  predictor: string | null;
  model_version_id: number | null;
  compartments: Compartment[];
  /** Instances by compartment. */
  counts: Record<string, number>;
  created_at: string;
}

export interface Fov {
  id: number;
  project_id: number;
  name: string;
  state: FovState;
  n_frames: number;
  n_rows: number;
  n_columns: number;
  dtype: string;
  channels: { name: string; role: string }[];
  compartments: Compartment[];
  pixel_size_um: number | null;
  n_bytes: number;
  group: string | null;
  split: string | null;
  current_revision: Revision | null;
  created_at: string;
  accepted_at: string | null;
}

export interface Preview {
  axes: string | null;
  /** (frame, channel, row, column) */
  shape: number[];
  dtype: string;
  channels: { name: string; role: string }[];
  warnings: string[];
  ambiguous: boolean;
  compartments: string[];
  pixel_size_um: number | null;
  choices: string[];
  /** base64 */
  preview_png: string | null;
}

export interface Finding {
  id: number;
  rule: string;
  severity: "info" | "warning" | "error";
  compartment: Compartment | null;
  label: number | null;
  frame: number;
  row: number;
  col: number;
  message: string;
  value: number | null;
}

export interface Job {
  id: number;
  project_id: number;
  name: string;
  state: JobState;
  fov_ids: number[];
  model_version_id: number | null;
  crop_size_px: number;
  overlap: number;
  redundancy: number;
  instructions: string;
  failure: string | null;
  counts: Partial<Record<TaskState, number>>;
  created_at: string;
}

export interface Dataset {
  id: number;
  number: number;
  manifest: Record<string, unknown>;
  created_at: string;
}

export interface Run {
  id: number;
  kind: "train" | "predict";
  state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  progress: Record<string, unknown>;
  failure: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface ModelVersion {
  id: number;
  name: string;
  number: number;
  kind: string;
  is_current: boolean;
  dataset_version_id: number;
  metrics: Record<string, unknown>;
  created_at: string;
}

export interface Promotion {
  id: number;
  from_model_id: number | null;
  to_model_id: number | null;
  outcome: "promoted" | "rejected" | "rolled_back";
  reason: string;
  comparison: Record<string, unknown>;
  decided_at: string;
}

/** The figures of one job; null or absent where there is nothing to say yet. */
export type Round = Record<string, unknown>;

export interface ReviewBody {
  decision: "accepted" | "returned";
  revision_id: number;
  notes: string;
}

export interface StitchReport {
  revision_id: number;
  /** By compartment, as the stitcher wrote it. */
  report: Record<string, unknown>;
}

export interface FovForm {
  file: File;
  axes?: string;
  nuclear?: string;
  membrane?: string;
  pixel_size_um?: string;
}

export interface JobBody {
  name: string;
  fov_ids?: number[];
  crop_size_px: number;
  overlap: number;
  redundancy: number;
  instructions: string;
}

export interface LaunchLink {
  launch_token: string;
  url: string;
}
