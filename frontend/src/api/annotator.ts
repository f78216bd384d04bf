import { bodyOf, type Transport } from "./transport";
import type { Assignment, Checksums, Launch, WireEdit } from "./types";

export interface StoredLabels {
  /** `.npy` bytes: uint32 (compartment, frame, row, column). */
  npy: ArrayBuffer;
  /** The last edit that these labels hold. */
  seq: number;
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
    channel: async (id, index) =>
      (await send(`/assignments/${id}/channels/${index}.npy`)).arrayBuffer(),
    labels: async (id) => {
      const response = await send(`/assignments/${id}/labels.npy`);
      const seq = Number(response.headers.get("Cytoloop-Seq") ?? 0);
      return { npy: await response.arrayBuffer(), seq };
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
    release: async (id) => {
      await json.POST("/api/v1/assignments/{assignment_id}/release", at(id));
    },
    skip: async (id) => {
      await json.POST("/api/v1/assignments/{assignment_id}/skip", at(id));
    },
  };
}
