import { createRoot } from "react-dom/client";
import { createAnnotatorApi, createSender, createViewPresetsApi } from "../../api";
import { Banner } from "../components/Notice";
import { PageErrors } from "../components/PageErrors";
import { decoded } from "../decoded";
import { tellHost } from "../ports/host";
import { embedStrings } from "../strings-embed";
import { AnnotatorPage } from "./AnnotatorPage";
import { AnnotationFlow } from "./flow";
import { openCrop } from "./open-crop";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/pages.css";
import "../styles/editor.css";
import "../styles/tool-options.css";
import "../styles/crop.css";
import "../styles/panels.css";
import "../styles/channels.css";
import "../styles/marks.css";
import "../styles/crop-marks.css";
import "../styles/overlays.css";

/** The last part of `/embed/<launch token>`. */
function launchTokenOf(path: string): string {
  return decoded(path.replace(/\/+$/, "").split("/embed/")[1] ?? "");
}

function startFlow(launchToken: string): AnnotationFlow {
  // In memory only: a frame on another site has no storage to rely on, and a launch gives a new one.
  let token: string | null = null;
  const sender = createSender({ token: () => token, renew: () => flow.renew() });
  const api = createAnnotatorApi(sender);
  const presets = createViewPresetsApi(sender);
  const flow = new AnnotationFlow(launchToken, {
    api,
    openCrop: (assignment) => openCrop({ api, presets }, assignment),
    holdToken: (fresh) => {
      token = fresh;
    },
    tellHost,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  void flow.start();
  return flow;
}

const root = createRoot(document.getElementById("root") as HTMLElement);
const launchToken = launchTokenOf(window.location.pathname);
root.render(
  <PageErrors>
    {launchToken ? (
      <AnnotatorPage flow={startFlow(launchToken)} />
    ) : (
      <main className="sign-in">
        <Banner tone="error">{embedStrings.failed.noToken}</Banner>
      </main>
    )}
  </PageErrors>,
);
