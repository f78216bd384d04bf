import { type FormEvent, useState } from "react";
import type { AdminApi, Project } from "../../api";
import { Button } from "../components/Button";
import { TextField } from "../components/Field";
import { Loaded } from "../components/Loaded";
import { Moment } from "../components/Moment";
import { Empty, Failure } from "../components/Notice";
import { type Column, Table } from "../components/Table";
import { formatCount } from "../format";
import { useAction } from "../hooks/useAction";
import { useResource } from "../hooks/useResource";
import { adminStrings } from "../strings-admin";

const text = adminStrings.projects;

const COLUMNS: readonly Column<Project>[] = [
  { head: text.columns.name, cell: ({ id, name }) => <a href={`#/projects/${id}`}>{name}</a> },
  { head: text.columns.fovs, cell: ({ counts }) => formatCount(counts.n_fovs), numeric: true },
  { head: text.columns.jobs, cell: ({ counts }) => formatCount(counts.n_jobs), numeric: true },
  {
    head: text.columns.predictor,
    cell: ({ current_model, settings }) => <code>{current_model?.name ?? settings.predictor}</code>,
  },
  { head: text.columns.created, cell: ({ created_at }) => <Moment iso={created_at} /> },
];

export function ProjectList({ api }: { api: AdminApi }) {
  const projects = useResource("projects", api.projects);
  return (
    <>
      <h1>{text.title}</h1>
      <section className="card" aria-label={text.title}>
        <Loaded resource={projects} empty={<Empty title={text.none}>{text.noneLead}</Empty>}>
          {(all) => (
            <Table caption={text.caption} columns={COLUMNS} rows={all} rowKey={({ id }) => id} />
          )}
        </Loaded>
      </section>
      <NewProject api={api} onCreated={projects.reload} />
    </>
  );
}

function NewProject({ api, onCreated }: { api: AdminApi; onCreated: () => void }) {
  const [name, setName] = useState("");
  const create = useAction(async () => {
    if (!name.trim()) throw new Error(text.needName);
    await api.createProject(name.trim());
    setName("");
    onCreated();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run();
  };
  return (
    <form className="card" onSubmit={submit}>
      {create.error && <Failure message={create.error.message} />}
      <TextField label={text.name} value={name} onValue={setName} maxLength={200} />
      <div className="actions">
        <Button type="submit" tone="primary" disabled={create.pending}>
          {text.create}
        </Button>
      </div>
    </form>
  );
}
