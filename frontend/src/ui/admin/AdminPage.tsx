import { useMemo } from "react";
import { createAdminApi } from "../../api";
import { PageFrame } from "../components/PageFrame";
import { SignedIn } from "../components/SignedIn";
import { idOf, useHashRoute } from "../hooks/useHashRoute";
import { useServices } from "../hooks/useServices";
import { ProjectList } from "./ProjectList";
import { ProjectPage } from "./ProjectPage";

export function AdminPage() {
  return (
    <SignedIn needs="admin">
      <PageFrame place="admin">
        <AdminRoutes />
      </PageFrame>
    </SignedIn>
  );
}

function AdminRoutes() {
  const { transport } = useServices();
  const api = useMemo(() => createAdminApi(transport), [transport]);
  const [place, part, section] = useHashRoute();
  const projectId = place === "projects" ? idOf(part) : null;
  if (projectId === null) return <ProjectList api={api} />;
  return <ProjectPage key={projectId} api={api} projectId={projectId} section={section} />;
}
