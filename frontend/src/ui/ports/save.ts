import { type AnnotatorApi, ApiError } from "../../api";
import type { SavePort, SendOutcome } from "../../engine";

/** Sends edits of one assignment, and turns every answer into an outcome of the editing protocol. */
export function savePort(api: Pick<AnnotatorApi, "sendEdits">, assignmentId: number): SavePort {
  return {
    send: async (edits) => {
      try {
        const { last_seq } = await api.sendEdits(assignmentId, [...edits]);
        return { kind: "saved", lastSeq: last_seq };
      } catch (failure) {
        return outcomeOf(failure);
      }
    },
  };
}

function outcomeOf(failure: unknown): SendOutcome {
  // Not to know who somebody is says nothing against the edits: another visit may bring them.
  if (!(failure instanceof ApiError) || failure.isTransient || failure.status === 401) {
    return { kind: "unreachable", message: messageOf(failure) };
  }
  const { code, message } = failure;
  if (failure.status !== 409) return { kind: "rejected", code, message };
  return { kind: "refused", code, message, lastSeq: lastSeqOf(failure.detail) };
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

function lastSeqOf(detail: unknown): number | null {
  const seq = (detail as { last_seq?: unknown } | null | undefined)?.last_seq;
  return typeof seq === "number" ? seq : null;
}
