/** What the browser tests and the browser bench call on the page of the engine. */
import { closeBench, paintStrokes, runBench } from "./bench";
import { compareRenderers } from "./compare-renderers";
import { loseContext } from "./lose-context";

const page = { closeBench, compareRenderers, loseContext, paintStrokes, runBench };

declare global {
  interface Window {
    enginePage: typeof page;
  }
}

window.enginePage = page;
