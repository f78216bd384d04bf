/** What follows the first paint: one script for the panels and what belongs to them, then the overlays. */
export const loadPanels = () => import("./panels/side-panels");
export const loadPalette = () => import("./palette/CommandPalette");
export const loadHelp = () => import("./help/HelpOverlay");
export const loadTutorial = () => import("./tutorial/Tutorial");

const ALL = [loadPanels, loadPalette, loadHelp, loadTutorial] as const;

/** Fetches every part ahead of its use, so that all of them are there when the network goes. */
export async function preloadParts(): Promise<void> {
  for (const load of ALL) {
    // A failure is told once the part is asked for.
    await load().catch(() => undefined);
  }
}
