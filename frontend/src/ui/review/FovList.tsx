import type { Fov, ReviewerApi } from "../../api";
import { Loaded } from "../components/Loaded";
import { Moment } from "../components/Moment";
import { Empty } from "../components/Notice";
import { StatePill } from "../components/Pill";
import { type Column, Table } from "../components/Table";
import { formatCount } from "../format";
import { useResource } from "../hooks/useResource";
import { pageStrings } from "../strings-pages";
import { reviewStrings } from "../strings-review";

const text = reviewStrings;
const REFRESH_MS = 10_000;

const COLUMNS: readonly Column<Fov>[] = [
  { head: text.columns.fov, cell: (fov) => <a href={`#/fovs/${fov.id}`}>{fov.name}</a> },
  {
    head: text.columns.state,
    cell: (fov) => (
      <>
        <StatePill state={fov.state} words={pageStrings.states.fov} />
        {fov.stitch_failure && (
          <p className="field-fault">
            {text.stitch.failed(fov.stitch_failure.attempts, fov.stitch_failure.message)}
          </p>
        )}
      </>
    ),
  },
  { head: text.columns.size, cell: (fov) => `${fov.n_rows} × ${fov.n_columns}`, numeric: true },
  { head: text.columns.cells, cell: (fov) => formatCount(cellsOf(fov)), numeric: true },
  { head: text.columns.accepted, cell: (fov) => <Moment iso={fov.accepted_at} /> },
];

function cellsOf(fov: Fov): number | undefined {
  const counts = fov.current_revision?.counts;
  return counts?.whole_cell ?? counts?.nuclear;
}

/** What waits for a reviewer first, everything else below it. */
export function FovList({ api, projectId }: { api: ReviewerApi; projectId: number }) {
  const fovs = useResource(
    `fovs/${projectId}`,
    () => api.fovs(projectId),
    () => REFRESH_MS,
  );
  return (
    <Loaded resource={fovs}>
      {(all) => {
        const waiting = all.filter(({ state }) => state === "stitched");
        const others = all.filter(({ state }) => state !== "stitched");
        return (
          <>
            <section className="card" aria-label={text.waiting}>
              <h2>{text.waiting}</h2>
              {waiting.length > 0 ? (
                <Table
                  caption={text.waiting}
                  columns={COLUMNS}
                  rows={waiting}
                  rowKey={(fov) => fov.id}
                />
              ) : (
                <Empty title={text.nothingWaiting}>{text.nothingWaitingLead}</Empty>
              )}
            </section>
            {others.length > 0 && (
              <section className="card" aria-label={text.others}>
                <h2>{text.others}</h2>
                <Table
                  caption={text.others}
                  columns={COLUMNS}
                  rows={others}
                  rowKey={(fov) => fov.id}
                />
              </section>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
