import { Activity, type ReactNode } from "react";
import type { Role } from "../../api";
import { covers, useServices, useSession } from "../hooks/useServices";
import { pageStrings } from "../strings-pages";
import { Button } from "./Button";
import { Empty } from "./Notice";
import { SignInForm } from "./SignInForm";

/**
 * Its children for a signed-in user of the role; the sign-in form, or a refusal, for anyone else. A
 * session that expires hides them, so that what was written in them is there for the same user again;
 * meanwhile they ask the server for nothing.
 */
export function SignedIn({ needs, children }: { needs: Role; children: ReactNode }) {
  const { session: store } = useServices();
  const { session, user } = useSession();
  if (user && covers(user.role, needs)) {
    return (
      <>
        {!session && <SignInForm notice={pageStrings.signIn.expired} />}
        <Activity key={user.id} mode={session ? "visible" : "hidden"}>
          {children}
        </Activity>
      </>
    );
  }
  if (!session) return <SignInForm notice={user ? pageStrings.signIn.expired : undefined} />;
  return (
    <main className="sign-in">
      <Empty title={pageStrings.notAllowed.title}>
        <p>{pageStrings.notAllowed.lead(pageStrings.roles[session.user.role])}</p>
        <Button onClick={store.signOut}>{pageStrings.signIn.signOut}</Button>
      </Empty>
    </main>
  );
}
