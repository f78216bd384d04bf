import { describe, expect, it, vi } from "vitest";
import type { Session } from "../../src/api";
import { safeStore } from "../../src/ui/ports/storage";
import { SessionStore } from "../../src/ui/session";

const session: Session = { token: "t", user: { id: 1, name: "Ada", role: "reviewer" } };
const refused = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
};

describe("session", () => {
  it("comes back after a reload of the page", () => {
    const store = safeStore(() => window.sessionStorage);
    new SessionStore(store).signIn(session);
    expect(new SessionStore(store).snapshot()).toEqual({
      session,
      expired: false,
      user: session.user,
    });
  });

  it("lasts as long as the page where storage is refused", () => {
    const held = new SessionStore(safeStore(refused));
    held.signIn(session);
    expect(held.token()).toBe("t");
    held.signOut();
    expect(held.token()).toBeNull();
  });

  it.each(["{", "null", '{"token": 4}'])("ignores what is no session: %s", (text) => {
    const store = safeStore(refused);
    store.set("cytoloop.session", text);
    expect(new SessionStore(store).snapshot().session).toBeNull();
  });

  it("tells listeners when it expires, and only if there was one", () => {
    const held = new SessionStore(safeStore(refused));
    const listener = vi.fn();
    held.expire();
    held.subscribe(listener);
    expect(held.snapshot().expired).toBe(false);
    held.signIn(session);
    held.expire();
    expect(held.snapshot()).toEqual({ session: null, expired: true, user: session.user });
    expect(listener).toHaveBeenCalledTimes(2);
    held.signOut();
    expect(held.snapshot()).toEqual({ session: null, expired: false, user: null });
  });
});
