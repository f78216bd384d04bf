import type { Compartment } from "../model/compartments";
import type { components } from "./schema";

// The bodies of the HTTP API under the words of the application, from the generated document.
type Schemas = components["schemas"];

export type User = Schemas["UserOut"];
export type Role = User["role"];
export type Session = Schemas["SignInOut"];
export type Launch = Schemas["LaunchOut"];

export type Project = Schemas["ProjectOut"];
export type Fov = Schemas["FovOut"];
export type FovState = Fov["state"];
export type Revision = Schemas["RevisionOut"];
export type Preview = Schemas["PreviewOut"];
export type Finding = Schemas["FindingOut"];
export type StitchReport = Schemas["StitchReportOut"];
export type ReviewBody = Schemas["ReviewIn"];

export type Job = Schemas["JobOut"];
export type JobBody = Schemas["JobIn"];
export type LaunchLink = Schemas["LaunchTokenOut"];

export type Assignment = Schemas["AssignmentOut"];
/** One edit as it goes over the wire: `diff` is a label diff in base64, `checksum` its CRC-32. */
export type WireEdit = Schemas["EditIn"];
/** A named view of the channels. */
export type ViewPreset = Schemas["ViewPresetOut"];
export type Checksums = Partial<Record<Compartment, number>>;

export type Dataset = Schemas["DatasetOut"];
export type Run = Schemas["RunOut"];
export type ModelVersion = Schemas["ModelVersionOut"];
export type Promotion = Schemas["PromotionOut"];
/** The figures of one job; null or absent where there is nothing to say yet. */
export type Round = Schemas["RoundsOut"]["items"][number];

/** The form by which an image is looked at or ingested; empty fields are left out. */
export interface FovForm {
  file: File;
  axes?: string;
  acquisition?: string;
  nuclear?: string;
  membrane?: string;
  pixel_size_um?: string;
}
