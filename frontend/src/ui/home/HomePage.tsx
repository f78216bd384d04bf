import { PageFrame } from "../components/PageFrame";
import { SignedIn } from "../components/SignedIn";
import { covers, useUser } from "../hooks/useServices";
import { pageStrings } from "../strings-pages";

const text = pageStrings.home;

export function HomePage() {
  return (
    <SignedIn needs="annotator">
      <PageFrame place="home">
        <RoleHome />
      </PageFrame>
    </SignedIn>
  );
}

function RoleHome() {
  const user = useUser();
  return (
    <>
      <div>
        <h1>{text.title}</h1>
        <p className="muted">{text.greeting(user.name)}</p>
      </div>
      <div className="tiles">
        {covers(user.role, "reviewer") && (
          <Tile href="/review" title={text.review} lead={text.reviewLead} />
        )}
        {covers(user.role, "admin") && (
          <>
            <Tile href="/admin" title={text.admin} lead={text.adminLead} />
            <Tile href="/api/v1/docs" title={text.documentation} lead={text.documentationLead} />
          </>
        )}
      </div>
      {user.role === "annotator" && <p>{text.annotator}</p>}
    </>
  );
}

function Tile({ href, title, lead }: { href: string; title: string; lead: string }) {
  return (
    <a className="tile-link" href={href}>
      <h2>{title}</h2>
      <span className="muted">{lead}</span>
    </a>
  );
}
