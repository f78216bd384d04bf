import type { ReactNode } from "react";
import type { Role } from "../../api";
import { covers, useServices, useSession } from "../hooks/useServices";
import { strings } from "../strings";
import { Button } from "./Button";
import { Empty } from "./Notice";
import { SignInForm } from "./SignInForm";

/** Its children for a signed-in user of the role; the sign-in form, or a refusal, for anyone else. */
export function SignedIn({ needs, children }: { needs: Role; children: ReactNode }) {
  const { session: store } = useServices();
  const { session, expired } = useSession();
  if (!session) return <SignInForm notice={expired ? strings.signIn.expired : undefined} />;
  if (covers(session.user.role, needs)) return children;
  return (
    <main className="sign-in">
      <Empty title={strings.notAllowed.title}>
        <p>{strings.notAllowed.lead(strings.roles[session.user.role])}</p>
        <Button onClick={store.signOut}>{strings.signIn.signOut}</Button>
      </Empty>
    </main>
  );
}
