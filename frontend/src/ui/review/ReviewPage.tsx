import { useMemo } from "react";
import { createReviewerApi, type ReviewerApi } from "../../api";
import { SelectField } from "../components/Field";
import { Loaded } from "../components/Loaded";
import { Empty } from "../components/Notice";
import { PageFrame } from "../components/PageFrame";
import { SignedIn } from "../components/SignedIn";
import { idOf, useHashRoute } from "../hooks/useHashRoute";
import { useResource } from "../hooks/useResource";
import { useServices } from "../hooks/useServices";
import { reviewStrings } from "../strings-review";
import { FovList } from "./FovList";
import { FovReview } from "./FovReview";

const text = reviewStrings;

export function ReviewPage() {
  return (
    <SignedIn needs="reviewer">
      <PageFrame place="review">
        <ReviewRoutes />
      </PageFrame>
    </SignedIn>
  );
}

function ReviewRoutes() {
  const { transport } = useServices();
  const api = useMemo(() => createReviewerApi(transport), [transport]);
  const [place, part] = useHashRoute();
  const fovId = place === "fovs" ? idOf(part) : null;
  return fovId === null ? (
    <ProjectFovs api={api} chosen={place === "projects" ? idOf(part) : null} />
  ) : (
    <FovReview key={fovId} api={api} fovId={fovId} />
  );
}

/** The FOVs of the chosen project, else of the one with the most to review. */
function ProjectFovs({ api, chosen }: { api: ReviewerApi; chosen: number | null }) {
  const projects = useResource("projects", api.projects);
  return (
    <>
      <h1>{text.title}</h1>
      <Loaded
        resource={projects}
        empty={<Empty title={text.noProjects}>{text.noProjectsLead}</Empty>}
      >
        {(all) => {
          const current = all.find(({ id }) => id === chosen) ?? withMostToReview(all);
          return (
            current && (
              <>
                {all.length > 1 && (
                  <SelectField
                    label={text.project}
                    value={String(current.id)}
                    options={all.map(({ id, name }) => ({ value: String(id), label: name }))}
                    onValue={(value) => {
                      window.location.hash = `#/projects/${value}`;
                    }}
                  />
                )}
                <FovList key={current.id} api={api} projectId={current.id} />
              </>
            )
          );
        }}
      </Loaded>
    </>
  );
}

function withMostToReview<T extends { counts: { fovs: { stitched?: number } } }>(
  projects: readonly T[],
): T | undefined {
  const waiting = (project: T) => project.counts.fovs.stitched ?? 0;
  return [...projects].sort((a, b) => waiting(b) - waiting(a))[0];
}
