import type { Transport } from "./transport";
import type { ViewPreset } from "./types";

/** The annotator's own views of channels, kept per person and project. */
export interface ViewPresetsApi {
  read(assignmentId: number): Promise<ViewPreset[]>;
  /** Replaces all of them. */
  write(assignmentId: number, items: readonly ViewPreset[]): Promise<void>;
}

export function createViewPresetsApi({ send }: Transport): ViewPresetsApi {
  const path = (assignmentId: number) => `/assignments/${assignmentId}/view-presets`;
  return {
    read: async (assignmentId) => {
      const body = (await (await send(path(assignmentId))).json()) as { items: ViewPreset[] };
      return body.items;
    },
    write: async (assignmentId, items) => {
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify({ items });
      await send(path(assignmentId), { method: "PUT", headers, body });
    },
  };
}
