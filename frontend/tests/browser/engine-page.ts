/** What the browser tests and the browser bench call on the page of the engine. */
import { compareRenderers } from "./compare-renderers";
import { loseContext } from "./lose-context";

const page = { compareRenderers, loseContext };

declare global {
  interface Window {
    enginePage: typeof page;
  }
}

window.enginePage = page;
