import type { Compartment } from "../model/compartments";
import { bytesOf, jsonOf, type Sender, withBody } from "./sender";
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
  skip(id: number): Promise<void>;
}

const POST: RequestInit = { method: "POST" };

export function createAnnotatorApi({ send }: Sender): AnnotatorApi {
  return {
    launch: async (launch_token) =>
      jsonOf(await send("/launches", withBody("POST", { launch_token }))),
    claim: async (jobId) => {
      const response = await send(`/jobs/${jobId}/claims`, POST);
      return response.status === 204 ? null : jsonOf(response);
    },
    channel: async (id, index) => bytesOf(await send(`/assignments/${id}/channels/${index}.npy`)),
    labels: async (id) => {
      const response = await send(`/assignments/${id}/labels.npy`);
      const seq = Number(response.headers.get("Cytoloop-Seq") ?? 0);
      return { npy: await bytesOf(response), seq };
    },
    edits: async (id, lastSeq) => {
      const held: WireEdit[] = [];
      while (held.length < lastSeq) {
        const { items }: { items: WireEdit[] } = await jsonOf(
          await send(`/assignments/${id}/edits?after=${held.length}`),
        );
        if (items.length === 0) break;
        held.push(...items);
      }
      return held.slice(0, lastSeq);
    },
    sendEdits: async (id, edits) =>
      jsonOf(await send(`/assignments/${id}/edits`, withBody("POST", { edits }))),
    submit: async (id, body) => {
      await send(`/assignments/${id}/submit`, withBody("POST", body));
    },
    marks: async (id) => jsonOf(await send(`/assignments/${id}/marks`)),
    requestPrediction: async (id, body) =>
      jsonOf(await send(`/assignments/${id}/predictions`, withBody("POST", body))),
    prediction: async (id, predictionId) =>
      jsonOf(await send(`/assignments/${id}/predictions/${predictionId}`)),
    predictionLabels: async (id, predictionId) =>
      bytesOf(await send(`/assignments/${id}/predictions/${predictionId}/labels.npy`)),
    skip: async (id) => {
      await send(`/assignments/${id}/skip`, POST);
    },
  };
}
