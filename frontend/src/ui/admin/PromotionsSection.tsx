import { type FormEvent, useState } from "react";
import type { AdminApi, ModelVersion, Promotion } from "../../api";
import { Button } from "../components/Button";
import { TextField } from "../components/Field";
import { Loaded } from "../components/Loaded";
import { Moment } from "../components/Moment";
import { Empty, Failure } from "../components/Notice";
import { StatePill } from "../components/Pill";
import { type Column, Table } from "../components/Table";
import { useAction } from "../hooks/useAction";
import { useResource } from "../hooks/useResource";
import { adminStrings } from "../strings-admin";
import { pageStrings } from "../strings-pages";
import type { SectionProps } from "./ProjectPage";

const text = adminStrings.promotions;
const REFRESH_MS = 10_000;

interface History {
  promotions: Promotion[];
  models: ModelVersion[];
}

async function loadHistory(api: AdminApi, projectId: number): Promise<History> {
  const [promotions, models] = await Promise.all([
    api.promotions(projectId),
    api.modelVersions(projectId),
  ]);
  return { promotions: promotions.toReversed(), models };
}

function columnsOf(models: readonly ModelVersion[], first: string): Column<Promotion>[] {
  const nameOf = (id: number | null) => models.find((model) => model.id === id)?.name ?? first;
  return [
    { head: text.columns.when, cell: ({ decided_at }) => <Moment iso={decided_at} /> },
    {
      head: text.columns.outcome,
      cell: ({ outcome }) => <StatePill state={outcome} words={pageStrings.states.promotion} />,
    },
    {
      head: text.columns.change,
      cell: ({ from_model_id, to_model_id }) => (
        <code>
          {nameOf(from_model_id)} → {nameOf(to_model_id)}
        </code>
      ),
    },
    { head: text.columns.reason, cell: ({ reason }) => reason },
  ];
}

export function PromotionsSection({ api, project, onChanged }: SectionProps) {
  const history = useResource(
    `promotions/${project.id}`,
    () => loadHistory(api, project.id),
    () => REFRESH_MS,
  );
  const onRolledBack = () => {
    history.reload();
    onChanged();
  };
  return (
    <>
      <section className="card" aria-label={text.title}>
        <h2>{text.title}</h2>
        <Loaded resource={history}>
          {({ promotions, models }) =>
            promotions.length === 0 ? (
              <Empty title={text.none}>{text.noneLead}</Empty>
            ) : (
              <Table
                caption={text.title}
                columns={columnsOf(models, project.settings.predictor)}
                rows={promotions}
                rowKey={({ id }) => id}
              />
            )
          }
        </Loaded>
      </section>
      <RollBackForm api={api} project={project} onChanged={onRolledBack} />
    </>
  );
}

function RollBackForm({ api, project, onChanged }: SectionProps) {
  const [reason, setReason] = useState("");
  const rollBack = useAction(async () => {
    if (!reason.trim()) throw new Error(text.needReason);
    await api.rollBack(project.id, reason.trim());
    setReason("");
    onChanged();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void rollBack.run();
  };
  const model = project.current_model;
  return (
    <form className="card" onSubmit={submit} aria-label={text.rollBack}>
      <h2>{text.rollBack}</h2>
      <p className="muted">
        {model ? text.rollBackLead(model.name) : text.firstLead(project.settings.predictor)}
      </p>
      {rollBack.error && <Failure message={rollBack.error.message} />}
      {model && (
        <>
          <TextField
            label={text.reason}
            hint={text.reasonHint}
            value={reason}
            onValue={setReason}
          />
          <div className="actions">
            <Button type="submit" tone="danger" disabled={rollBack.pending}>
              {text.confirm}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
