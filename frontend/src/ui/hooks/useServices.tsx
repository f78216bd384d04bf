import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Role, Transport, User } from "../../api";
import type { SessionState, SessionStore } from "../session";

interface Services {
  session: SessionStore;
  transport: Transport;
}

const Context = createContext<Services | null>(null);

export function ServicesProvider({
  services,
  children,
}: {
  services: Services;
  children: ReactNode;
}) {
  return <Context value={services}>{children}</Context>;
}

export function useServices(): Services {
  const services = useContext(Context);
  if (!services) throw new Error("This component needs a ServicesProvider above it.");
  return services;
}

export function useSession(): SessionState {
  const { session } = useServices();
  return useSyncExternalStore(session.subscribe, session.snapshot);
}

/** The user of a component that stands below `SignedIn`. */
export function useUser(): User {
  const { user } = useSession();
  if (!user) throw new Error("This component needs SignedIn above it.");
  return user;
}

const RANK: Record<Role, number> = { annotator: 0, reviewer: 1, admin: 2 };

/** An admin may do all that a reviewer may. */
export function covers(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}
