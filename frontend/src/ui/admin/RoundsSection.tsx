import type { Round } from "../../api";
import { Loaded } from "../components/Loaded";
import { Empty } from "../components/Notice";
import { type Column, Table } from "../components/Table";
import { formatCount, formatNumber, isNumber } from "../format";
import { useResource } from "../hooks/useResource";
import { strings } from "../strings";
import { adminStrings } from "../strings-admin";
import { BarChart } from "./BarChart";
import type { SectionProps } from "./ProjectPage";

const text = adminStrings.rounds;

interface NumberedRound {
  number: number;
  figures: Round;
}

const figure = (head: string, key: string, digits: number): Column<NumberedRound> => ({
  head,
  cell: ({ figures }) =>
    digits === 0 ? formatCount(figures[key]) : formatNumber(figures[key], digits),
  numeric: true,
});

function nameOf({ number, figures }: NumberedRound): string {
  return typeof figures.name === "string" ? `${number} · ${figures.name}` : String(number);
}

const COLUMNS: readonly Column<NumberedRound>[] = [
  { head: text.columns.round, cell: nameOf },
  {
    head: text.columns.predictor,
    cell: ({ figures }) => <code>{String(figures.model_version ?? strings.common.none)}</code>,
  },
  figure(text.columns.fovs, "n_fovs", 0),
  figure(text.columns.cells, "n_cells", 0),
  figure(text.columns.f1, "proposal_f1", 3),
  figure(text.columns.edits, "edits_per_cell", 3),
  figure(text.columns.px, "changed_px_per_cell", 1),
  figure(text.columns.seconds, "active_s_per_cell", 1),
];

export function RoundsSection({ api, project }: SectionProps) {
  const rounds = useResource(`rounds/${project.id}`, async () =>
    (await api.rounds(project.id)).map((figures, index) => ({ number: index + 1, figures })),
  );
  return (
    <section className="card" aria-label={text.title}>
      <h2>{text.title}</h2>
      <Loaded resource={rounds} empty={<Empty title={text.none}>{text.noneLead}</Empty>}>
        {(all) => (
          <>
            <BarChart title={text.chart} bars={barsOf(all)} />
            <Table
              caption={text.title}
              columns={COLUMNS}
              rows={all}
              rowKey={({ number }) => number}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

function barsOf(rounds: readonly NumberedRound[]): { label: string; value: number }[] {
  return rounds.flatMap(({ number, figures }) =>
    isNumber(figures.edits_per_cell)
      ? [{ label: String(number), value: figures.edits_per_cell }]
      : [],
  );
}
