import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import type { Role } from "../../src/api";
import { ServicesProvider } from "../../src/ui/hooks/useServices";
import { safeStore } from "../../src/ui/ports/storage";
import { SessionStore } from "../../src/ui/session";
import type { FakeServer } from "../fake-server";

/** Renders a page on a fake server, signed in under a role or, with null, not at all. */
export function showPage(ui: ReactNode, server: FakeServer, role: Role | null = "admin") {
  const session = new SessionStore(safeStore(() => window.sessionStorage));
  if (role) session.signIn({ token: "held-token", user: { id: 1, name: "Ada", role } });
  server.token = null;
  const transport = server.transport(session.expire);
  const services = { session, transport };
  // The token of the page's session is the one that counts.
  Object.defineProperty(server, "token", { get: session.token, configurable: true });
  const view = render(<ServicesProvider services={services}>{ui}</ServicesProvider>);
  return { ...view, user: userEvent.setup(), session };
}
