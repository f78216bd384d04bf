/** What the page that embeds the annotator's page is told. */
export type HostMessage = { type: "cytoloop:submitted"; assignment_id: number };

/** Tells the embedding page, if there is one. Ids only: any site may be the host and may read this. */
export function tellHost(message: HostMessage, own: Window = window): void {
  if (own.parent !== own) own.parent.postMessage(message, "*");
}
