import { type ComponentType, lazy, Suspense } from "react";
import type { AdminApi, Project } from "../../api";
import { Loaded } from "../components/Loaded";
import { Loading } from "../components/Notice";
import { useResource } from "../hooks/useResource";
import { adminStrings } from "../strings-admin";
import { DatasetsSection } from "./DatasetsSection";
import { FovsSection } from "./FovsSection";
import { JobsSection } from "./JobsSection";
import { PromotionsSection } from "./PromotionsSection";
import { RoundsSection } from "./RoundsSection";
import { TrainingSection } from "./TrainingSection";

const text = adminStrings;
const SettingsSection = lazy(() => import("./settings/SettingsSection"));

/** Which model predicts may be decided at any time. */
const REFRESH_MS = 15_000;

export interface SectionProps {
  api: AdminApi;
  project: Project;
  /** Called after something changed what the project says of itself. */
  onChanged: () => void;
}

const SECTIONS = {
  fovs: FovsSection,
  jobs: JobsSection,
  rounds: RoundsSection,
  datasets: DatasetsSection,
  training: TrainingSection,
  promotions: PromotionsSection,
  settings: SettingsSection,
} as const satisfies Record<string, ComponentType<SectionProps>>;

type SectionName = keyof typeof SECTIONS;

interface ProjectPageProps {
  api: AdminApi;
  projectId: number;
  section: string | undefined;
}

export function ProjectPage({ api, projectId, section }: ProjectPageProps) {
  const project = useResource(
    `project/${projectId}`,
    () => api.project(projectId),
    () => REFRESH_MS,
  );
  const name: SectionName =
    section && Object.hasOwn(SECTIONS, section) ? (section as SectionName) : "fovs";
  const Section = SECTIONS[name];
  return (
    <Loaded resource={project}>
      {(found) => (
        <>
          <a href="#/">← {text.projects.all}</a>
          <div className="page-title">
            <h1>{found.name}</h1>
            <span className="muted">
              {text.projects.predictor}:{" "}
              <code>{found.current_model?.name ?? found.settings.predictor}</code>
            </span>
          </div>
          <nav className="tabs" aria-label={text.sections.label}>
            {(Object.keys(SECTIONS) as SectionName[]).map((key) => (
              <a
                key={key}
                className="tab"
                href={`#/projects/${projectId}/${key}`}
                aria-current={key === name ? "page" : undefined}
              >
                {text.sections[key]}
              </a>
            ))}
          </nav>
          <Suspense fallback={<Loading />}>
            <Section key={name} api={api} project={found} onChanged={project.reload} />
          </Suspense>
        </>
      )}
    </Loaded>
  );
}
