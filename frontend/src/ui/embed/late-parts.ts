/** What follows the first paint: one script for the panels and what belongs to them, then the overlays. */
export const loadPanels = () => painted().then(() => import("./panels/side-panels"));
export const loadPalette = () => painted().then(() => import("./palette/CommandPalette"));
export const loadHelp = () => painted().then(() => import("./help/HelpOverlay"));
export const loadTutorial = () => painted().then(() => import("./tutorial/Tutorial"));

const ALL = [loadPanels, loadPalette, loadHelp, loadTutorial] as const;

/** How long to wait for a paint: a page that is hidden is not painted. */
const HIDDEN_MS = 300;

let firstPaint: Promise<void> | null = null;

/** Settles once something of the page can be seen, so that no script comes in between. */
function painted(): Promise<void> {
  firstPaint ??= new Promise((resolve) => {
    setTimeout(resolve, HIDDEN_MS);
    // The frame after a callback is painted before the next timer runs.
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });
  return firstPaint;
}

/** Fetches every part ahead of its use, so that all of them are there when the network goes. */
export async function preloadParts(): Promise<void> {
  for (const load of ALL) {
    // A failure is told once the part is asked for.
    await load().catch(() => undefined);
  }
}
