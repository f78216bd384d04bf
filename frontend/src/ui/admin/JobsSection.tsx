import type { Job } from "../../api";
import { Loaded } from "../components/Loaded";
import { Empty, Failure } from "../components/Notice";
import { StatePill } from "../components/Pill";
import { Progress } from "../components/Progress";
import { type Column, Table } from "../components/Table";
import { useResource } from "../hooks/useResource";
import { adminStrings } from "../strings-admin";
import { pageStrings } from "../strings-pages";
import { LaunchLinkForm } from "./LaunchLinkForm";
import { NewJobForm } from "./NewJobForm";
import type { SectionProps } from "./ProjectPage";

const text = adminStrings.jobs;
const REFRESH_MS = 4_000;

export function JobsSection({ api, project, onChanged }: SectionProps) {
  const jobs = useResource(
    `jobs/${project.id}`,
    () => api.jobs(project.id),
    () => REFRESH_MS,
  );
  const columns: readonly Column<Job>[] = [
    { head: text.columns.name, cell: ({ name }) => name },
    {
      head: text.columns.state,
      cell: ({ state }) => <StatePill state={state} words={pageStrings.states.job} />,
    },
    { head: text.columns.progress, cell: (job) => <JobProgress job={job} /> },
    {
      head: text.columns.crops,
      cell: (job) => text.crops(job.crop_size_px, job.overlap, job.redundancy),
    },
    { head: text.columns.link, cell: (job) => <LaunchLinkForm api={api} job={job} /> },
  ];
  const onCreated = () => {
    jobs.reload();
    onChanged();
  };
  return (
    <>
      <section className="card" aria-label={text.title}>
        <h2>{text.title}</h2>
        <Loaded resource={jobs} empty={<Empty title={text.none}>{text.noneLead}</Empty>}>
          {(all) => (
            <Table
              caption={text.title}
              columns={columns}
              rows={all.toReversed()}
              rowKey={({ id }) => id}
            />
          )}
        </Loaded>
      </section>
      <NewJobForm api={api} project={project} onCreated={onCreated} />
    </>
  );
}

function JobProgress({ job }: { job: Job }) {
  if (job.failure) return <Failure message={job.failure} />;
  const { submitted = 0, approved = 0, skipped = 0 } = job.counts;
  const all = Object.values(job.counts).reduce((sum, count) => sum + count, 0);
  if (all === 0) return <span className="muted">{text.preparing}</span>;
  const done = submitted + approved;
  return (
    <Progress
      label={text.progressOf(job.name)}
      fraction={(done + skipped) / all}
      caption={text.progress(done, all)}
    />
  );
}
