import type { Fov } from "../../api";
import { Loaded } from "../components/Loaded";
import { Moment } from "../components/Moment";
import { Empty } from "../components/Notice";
import { StatePill } from "../components/Pill";
import { type Column, Table } from "../components/Table";
import { useResource } from "../hooks/useResource";
import { adminStrings } from "../strings-admin";
import { pageStrings } from "../strings-pages";
import type { SectionProps } from "./ProjectPage";
import { UploadForm } from "./UploadForm";

const text = adminStrings.fovs;
const REFRESH_MS = 10_000;

const COLUMNS: readonly Column<Fov>[] = [
  { head: text.columns.name, cell: ({ id, name }) => <a href={`/review#/fovs/${id}`}>{name}</a> },
  {
    head: text.columns.state,
    cell: ({ state }) => <StatePill state={state} words={pageStrings.states.fov} />,
  },
  {
    head: text.columns.size,
    cell: ({ n_rows, n_columns }) => `${n_rows} × ${n_columns}`,
    numeric: true,
  },
  {
    head: text.columns.channels,
    cell: ({ channels }) => channels.map(({ name }) => name).join(", "),
  },
  { head: text.columns.added, cell: ({ created_at }) => <Moment iso={created_at} /> },
];

export function FovsSection({ api, project, onChanged }: SectionProps) {
  const fovs = useResource(
    `fovs/${project.id}`,
    () => api.fovs(project.id),
    () => REFRESH_MS,
  );
  const onIngested = () => {
    fovs.reload();
    onChanged();
  };
  return (
    <>
      <section className="card" aria-label={text.title}>
        <h2>{text.title}</h2>
        <Loaded resource={fovs} empty={<Empty title={text.none}>{text.noneLead}</Empty>}>
          {(all) => (
            <Table caption={text.title} columns={COLUMNS} rows={all} rowKey={({ id }) => id} />
          )}
        </Loaded>
      </section>
      <UploadForm api={api} projectId={project.id} onIngested={onIngested} />
    </>
  );
}
