import type { ReactNode } from "react";
import { covers, useServices, useUser } from "../hooks/useServices";
import { strings } from "../strings";
import { pageStrings } from "../strings-pages";
import { Button } from "./Button";
import { Logo } from "./Logo";

type Place = "home" | "review" | "admin";

/** Header with the way to the other pages, and the body of one page. */
export function PageFrame({ place, children }: { place: Place; children: ReactNode }) {
  const { session } = useServices();
  const user = useUser();
  const current = (name: Place) => (name === place ? "page" : undefined);
  return (
    <>
      <header className="page-header">
        <a className="brand" href="/">
          <Logo /> {strings.product}
        </a>
        <nav className="page-nav" aria-label={strings.product}>
          {covers(user.role, "reviewer") && (
            <a href="/review" aria-current={current("review")}>
              {pageStrings.home.review}
            </a>
          )}
          {covers(user.role, "admin") && (
            <a href="/admin" aria-current={current("admin")}>
              {pageStrings.home.admin}
            </a>
          )}
        </nav>
        <span className="muted">
          {user.name} · {pageStrings.roles[user.role]}
        </span>
        <Button small tone="quiet" onClick={session.signOut}>
          {pageStrings.signIn.signOut}
        </Button>
      </header>
      <main className="page-body">{children}</main>
    </>
  );
}
