import { ApiError, type Fov, type ReviewerApi } from "../../api";
import { Loaded } from "../components/Loaded";
import { type Column, Table } from "../components/Table";
import { byCompartment, formatCount, valueAt } from "../format";
import { useResource } from "../hooks/useResource";
import { reviewStrings } from "../strings-review";

const text = reviewStrings.stitch;

interface Row {
  compartment: string;
  report: unknown;
}

const figure = (head: string, key: string): Column<Row> => ({
  head,
  cell: ({ report }) => formatCount(valueAt(report, key)),
  numeric: true,
});

const COLUMNS: readonly Column<Row>[] = [
  {
    head: text.compartment,
    cell: ({ compartment }) => compartment,
  },
  figure(text.instances, "n_instances"),
  figure(text.merges, "n_merges"),
  figure(text.conflicts, "n_conflicts"),
  figure(text.conflictPx, "n_conflict_px"),
  figure(text.cut, "n_unmatched_cut"),
];

export function StitchCard({ api, fov }: { api: ReviewerApi; fov: Fov }) {
  const key = `stitch/${fov.id}/${fov.current_revision?.id}`;
  const rows = useResource(key, async (): Promise<Row[]> => {
    try {
      const { report } = await api.stitchReport(fov.id);
      const parts = (valueAt(report, "compartments") ?? {}) as Record<string, unknown>;
      return byCompartment(parts).map(([compartment, part]) => ({ compartment, report: part }));
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 404) return [];
      throw failure;
    }
  });
  return (
    <section className="card" aria-label={text.title}>
      <h2>{text.title}</h2>
      <Loaded resource={rows} empty={<p className="muted">{text.none}</p>}>
        {(all) => (
          <Table
            caption={text.caption}
            columns={COLUMNS}
            rows={all}
            rowKey={(row) => row.compartment}
          />
        )}
      </Loaded>
    </section>
  );
}
