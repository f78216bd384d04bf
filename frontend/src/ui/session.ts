import type { Session, User } from "../api";
import type { TextStore } from "./ports/storage";

const KEY = "cytoloop.session";

export interface SessionState {
  session: Session | null;
  /** True after the server refused a token that it had given before. */
  expired: boolean;
  /** Who is signed in, or was when the session expired: what they had begun is still theirs. */
  user: User | null;
}

/** Who is signed in, shared by every component of a page and kept for its browser tab. */
export class SessionStore {
  #state: SessionState;
  readonly #store: TextStore;
  readonly #listeners = new Set<() => void>();

  constructor(store: TextStore) {
    this.#store = store;
    const session = parseSession(store.get(KEY));
    this.#state = { session, expired: false, user: session?.user ?? null };
  }

  snapshot = (): SessionState => this.#state;

  token = (): string | null => this.#state.session?.token ?? null;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  signIn = (session: Session): void => {
    this.#store.set(KEY, JSON.stringify(session));
    this.#change({ session, expired: false, user: session.user });
  };

  signOut = (): void => this.#end(false);

  expire = (): void => {
    if (this.#state.session) this.#end(true);
  };

  #end(expired: boolean): void {
    this.#store.remove(KEY);
    const user = expired ? this.#state.user : null;
    this.#change({ session: null, expired, user });
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function parseSession(text: string | null): Session | null {
  if (!text) return null;
  try {
    const value = JSON.parse(text) as Session;
    return typeof value.token === "string" && typeof value.user?.name === "string" ? value : null;
  } catch {
    return null;
  }
}
