import type { AdminApi, Dataset } from "../../api";
import { Button } from "../components/Button";
import { Loaded } from "../components/Loaded";
import { Moment } from "../components/Moment";
import { Empty, Failure } from "../components/Notice";
import { type Column, Table } from "../components/Table";
import { formatCount, valueAt } from "../format";
import { useAction } from "../hooks/useAction";
import { useResource } from "../hooks/useResource";
import { saveFile } from "../ports/save-file";
import { adminStrings } from "../strings-admin";
import type { SectionProps } from "./ProjectPage";

const text = adminStrings.datasets;
const FILES = ["train.npz", "val.npz", "test.npz", "manifest.json"];

export function DatasetsSection({ api, project }: SectionProps) {
  const datasets = useResource(`datasets/${project.id}`, () => api.datasets(project.id));
  const freeze = useAction(async () => {
    await api.createDataset(project.id);
    datasets.reload();
  });
  const columns: readonly Column<Dataset>[] = [
    { head: text.columns.number, cell: ({ number }) => number },
    { head: text.columns.split, cell: ({ manifest }) => splitWords(manifest) },
    { head: text.columns.dropped, cell: ({ manifest }) => droppedWords(manifest), numeric: true },
    { head: text.columns.created, cell: ({ created_at }) => <Moment iso={created_at} /> },
    { head: text.columns.files, cell: (dataset) => <Files api={api} dataset={dataset} /> },
  ];
  return (
    <section className="card" aria-label={text.title}>
      <div className="card-head">
        <h2>{text.title}</h2>
        <Button disabled={freeze.pending} onClick={() => freeze.run()}>
          {freeze.pending ? text.freezing : text.freeze}
        </Button>
      </div>
      {freeze.error && <Failure message={freeze.error.message} />}
      <Loaded resource={datasets} empty={<Empty title={text.none}>{text.noneLead}</Empty>}>
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
  );
}

/** Crops per split. */
function splitWords(manifest: Record<string, unknown>): string {
  const count = (split: string) => formatCount(valueAt(manifest, "splits", split, "n_crops"));
  return ["train", "val", "test"].map(count).join(" / ");
}

function droppedWords(manifest: Record<string, unknown>): string {
  const dropped = valueAt(manifest, "dropped");
  return formatCount(Array.isArray(dropped) ? dropped.length : dropped);
}

function Files({ api, dataset }: { api: AdminApi; dataset: Dataset }) {
  const download = useAction(async (name: string) =>
    saveFile(await api.datasetFile(dataset.id, name), `dataset-${dataset.number}-${name}`),
  );
  return (
    <div className="actions">
      {FILES.map((name) => (
        <button
          key={name}
          type="button"
          className="row-button"
          aria-label={text.download(name, dataset.number)}
          disabled={download.pending}
          onClick={() => download.run(name)}
        >
          {name}
        </button>
      ))}
      {download.error && <Failure message={download.error.message} />}
    </div>
  );
}
