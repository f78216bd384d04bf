import { useState } from "react";
import type { ModelVersion } from "../../api";
import { Button } from "../components/Button";
import { Loaded } from "../components/Loaded";
import { Moment } from "../components/Moment";
import { Banner, Empty, Failure } from "../components/Notice";
import { Pill } from "../components/Pill";
import { type Column, Table } from "../components/Table";
import { formatNumber, valueAt } from "../format";
import { useAction } from "../hooks/useAction";
import { useResource } from "../hooks/useResource";
import { saveFile } from "../ports/save-file";
import { adminStrings } from "../strings-admin";
import type { SectionProps } from "./ProjectPage";

const text = adminStrings.training;
/** A run may end, or a worker decide, at any time. */
const REFRESH_MS = 10_000;

/** A score on the test split; metrics hold it apart from those of the training, or beside them. */
const scoreOf = ({ metrics }: ModelVersion, ...keys: string[]) =>
  formatNumber(valueAt(metrics, "test", ...keys) ?? valueAt(metrics, ...keys), 3);

const FIGURES: readonly Column<ModelVersion>[] = [
  { head: text.modelColumns.name, cell: ({ name }) => <code>{name}</code> },
  {
    head: text.modelColumns.f1,
    cell: (model) => scoreOf(model, "mean_f1"),
    numeric: true,
  },
  {
    head: text.modelColumns.wholeCell,
    cell: (model) => scoreOf(model, "whole_cell", "f1"),
    numeric: true,
  },
  {
    head: text.modelColumns.nuclear,
    cell: (model) => scoreOf(model, "nuclear", "f1"),
    numeric: true,
  },
  { head: text.modelColumns.dataset, cell: (model) => model.dataset_version_id, numeric: true },
  { head: text.modelColumns.created, cell: ({ created_at }) => <Moment iso={created_at} /> },
];

export function ModelVersionsCard({ api, project }: SectionProps) {
  const models = useResource(
    `models/${project.id}`,
    () => api.modelVersions(project.id),
    () => REFRESH_MS,
  );
  const [considered, setConsidered] = useState(false);
  const consider = useAction(async (model: ModelVersion) => {
    await api.promote(project.id, model.id);
    setConsidered(true);
  });
  const report = useAction(async (model: ModelVersion) =>
    saveFile(await api.modelReport(model.id), `${model.name}-report.html`),
  );
  const reportColumn: Column<ModelVersion> = {
    head: text.modelColumns.report,
    cell: (model) => (
      <button
        type="button"
        className="row-button"
        aria-label={text.reportOf(model.name)}
        disabled={report.pending}
        onClick={() => report.run(model)}
      >
        {text.reportFile}
      </button>
    ),
  };
  const use: Column<ModelVersion> = {
    head: text.modelColumns.use,
    cell: (model) =>
      model.is_current ? (
        <Pill tone="ok">{text.current}</Pill>
      ) : (
        <Button small disabled={consider.pending} onClick={() => consider.run(model)}>
          {text.consider}
        </Button>
      ),
  };
  return (
    <section className="card" aria-label={text.models}>
      <h2>{text.models}</h2>
      {consider.error && <Failure message={consider.error.message} />}
      {report.error && <Failure message={report.error.message} />}
      {considered && <Banner tone="info">{text.considered}</Banner>}
      <Loaded resource={models} empty={<Empty title={text.noModels}>{text.noModelsLead}</Empty>}>
        {(all) => (
          <Table
            caption={text.models}
            columns={[...FIGURES, reportColumn, use]}
            rows={all.toReversed()}
            rowKey={({ id }) => id}
          />
        )}
      </Loaded>
    </section>
  );
}
