import type { Compartment } from "../model/compartments";
import { bodyOf, bytesOf, jsonOf, type Transport } from "./transport";
import type { Assignment, Checksums, Launch, WireEdit } from "./types";

export interface StoredLabels {
  /** `.npy` bytes: uint32 (compartment, frame, row, column). */
  npy: ArrayBuffer;
  /** The last edit that these labels hold. */
  seq: number;
}

export interface StoredMarks {
  /** The last edit that these marks hold. */
  last_seq: number;
  marks: Record<string, unknown>;
}

/** A box of a plane, in pixels of the crop. */
export interface PredictionBody {
  compartment: Compartment;
  frame: number;
  window: { row: number; col: number; height: number; width: number };
}

export interface PredictionState {
  id: number;
  state: "queued" | "running" | "done" | "failed";
  message: string | null;
}

export interface SubmitBody {
  last_seq: number;
  checksums: Checksums;
}

/** The calls of the annotator's page. */
export interface AnnotatorApi {
  launch(launchToken: string): Promise<Launch>;
  /** The assignment already held, else a new one, else null: nothing is left to annotate. */
  claim(jobId: number): Promise<Assignment | null>;
  assignment(id: number): Promise<Assignment>;
  channel(id: number, index: number): Promise<ArrayBuffer>;
  labels(id: number): Promise<StoredLabels>;
  /** The edits that the server holds, from the first one through `lastSeq`. */
  edits(id: number, lastSeq: number): Promise<WireEdit[]>;
  sendEdits(id: number, edits: WireEdit[]): Promise<{ last_seq: number }>;
  submit(id: number, body: SubmitBody): Promise<void>;
  /** Every mark of the assignment, after edit `last_seq`. */
  marks(id: number): Promise<StoredMarks>;
  /** Asks the predictor for the labels of a box. */
  requestPrediction(id: number, body: PredictionBody): Promise<PredictionState>;
  prediction(id: number, predictionId: number): Promise<PredictionState>;
  /** `.npy` bytes: uint32 (height, width). */
  predictionLabels(id: number, predictionId: number): Promise<ArrayBuffer>;
  release(id: number): Promise<void>;
  skip(id: number): Promise<void>;
}

export function createAnnotatorApi({ json, send }: Transport): AnnotatorApi {
  const at = (id: number) => ({ params: { path: { assignment_id: id } } });
  return {
    launch: async (launchToken) =>
      bodyOf(await json.POST("/api/v1/launches", { body: { launch_token: launchToken } })),
    claim: async (jobId) =>
      bodyOf(
        await json.POST("/api/v1/jobs/{job_id}/claims", { params: { path: { job_id: jobId } } }),
      ) ?? null,
    assignment: async (id) => bodyOf(await json.GET("/api/v1/assignments/{assignment_id}", at(id))),
    channel: async (id, index) => bytesOf(await send(`/assignments/${id}/channels/${index}.npy`)),
    labels: async (id) => {
      const response = await send(`/assignments/${id}/labels.npy`);
      const seq = Number(response.headers.get("Cytoloop-Seq") ?? 0);
      return { npy: await bytesOf(response), seq };
    },
    edits: async (id, lastSeq) => {
      const held: WireEdit[] = [];
      while (held.length < lastSeq) {
        const page = bodyOf(
          await json.GET("/api/v1/assignments/{assignment_id}/edits", {
            params: { path: { assignment_id: id }, query: { after: held.length } },
          }),
        );
        if (page.items.length === 0) break;
        held.push(...page.items);
      }
      return held.slice(0, lastSeq);
    },
    sendEdits: async (id, edits) =>
      bodyOf(
        await json.POST("/api/v1/assignments/{assignment_id}/edits", {
          ...at(id),
          body: { edits },
        }),
      ),
    submit: async (id, body) => {
      await json.POST("/api/v1/assignments/{assignment_id}/submit", { ...at(id), body });
    },
    marks: async (id) => jsonOf(await send(`/assignments/${id}/marks`)),
    requestPrediction: async (id, body) => {
      const init = {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      };
      return jsonOf(await send(`/assignments/${id}/predictions`, init));
    },
    prediction: async (id, predictionId) =>
      jsonOf(await send(`/assignments/${id}/predictions/${predictionId}`)),
    predictionLabels: async (id, predictionId) =>
      bytesOf(await send(`/assignments/${id}/predictions/${predictionId}/labels.npy`)),
    release: async (id) => {
      await json.POST("/api/v1/assignments/{assignment_id}/release", at(id));
    },
    skip: async (id) => {
      await json.POST("/api/v1/assignments/{assignment_id}/skip", at(id));
    },
  };
}
