import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createTransport } from "../api";
import { PageErrors } from "./components/PageErrors";
import { ServicesProvider } from "./hooks/useServices";
import { safeStore } from "./ports/storage";
import { SessionStore } from "./session";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/pages.css";

/** Starts a page of reviewers and admins: session, transport, error boundary. */
export function mountPage(page: ReactNode): void {
  const root = document.getElementById("root");
  if (!root) throw new Error("The page lacks its #root element.");
  const session = new SessionStore(safeStore(() => window.sessionStorage));
  const transport = createTransport({ token: session.token, onSignedOut: session.expire });
  createRoot(root).render(
    <StrictMode>
      <PageErrors>
        <ServicesProvider services={{ session, transport }}>{page}</ServicesProvider>
      </PageErrors>
    </StrictMode>,
  );
}
