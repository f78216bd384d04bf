import { jsonOf, type Sender, withBody } from "./sender";
import type { ViewPreset } from "./types";

/** The annotator's own views of channels, kept per person and project. */
export interface ViewPresetsApi {
  read(assignmentId: number): Promise<ViewPreset[]>;
  /** Replaces all of them. */
  write(assignmentId: number, items: readonly ViewPreset[]): Promise<void>;
}

export function createViewPresetsApi({ send }: Sender): ViewPresetsApi {
  const path = (assignmentId: number) => `/assignments/${assignmentId}/view-presets`;
  return {
    read: async (assignmentId) => {
      const body: { items: ViewPreset[] } = await jsonOf(await send(path(assignmentId)));
      return body.items;
    },
    write: async (assignmentId, items) => {
      await send(path(assignmentId), withBody("PUT", { items }));
    },
  };
}
