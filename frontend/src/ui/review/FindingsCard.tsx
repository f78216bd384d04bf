import { useState } from "react";
import type { Finding, Fov, ReviewerApi } from "../../api";
import { Button } from "../components/Button";
import { Loaded } from "../components/Loaded";
import { Banner } from "../components/Notice";
import { StatePill } from "../components/Pill";
import { type Column, Table } from "../components/Table";
import { useResource } from "../hooks/useResource";
import { pageStrings } from "../strings-pages";
import { reviewStrings } from "../strings-review";

const text = reviewStrings.findings;
const ROWS_AT_ONCE = 50;
const GRAVITY = { error: 0, warning: 1, info: 2 };

interface FindingsCardProps {
  api: ReviewerApi;
  fov: Fov;
  marked: Finding | null;
  onMark: (finding: Finding) => void;
}

export function FindingsCard({ api, fov, marked, onMark }: FindingsCardProps) {
  const key = `findings/${fov.id}/${fov.current_revision?.id}`;
  const findings = useResource(key, () => api.findings(fov.id));
  return (
    <section className="card" aria-label={text.title}>
      <h2>{text.title}</h2>
      <Loaded resource={findings} empty={<Banner tone="success">{text.none}</Banner>}>
        {(all) => <FindingsTable findings={all} marked={marked} onMark={onMark} />}
      </Loaded>
    </section>
  );
}

interface FindingsTableProps {
  findings: readonly Finding[];
  marked: Finding | null;
  onMark: (finding: Finding) => void;
}

function FindingsTable({ findings, marked, onMark }: FindingsTableProps) {
  const [severity, setSeverity] = useState<Finding["severity"] | null>(null);
  const [limit, setLimit] = useState(ROWS_AT_ONCE);
  const fitting = findings
    .filter((finding) => severity === null || finding.severity === severity)
    .sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
  const hidden = fitting.length - limit;
  return (
    <>
      <SeverityFilter findings={findings} chosen={severity} onChoose={setSeverity} />
      <Table
        caption={text.caption}
        columns={columnsWith(onMark)}
        rows={fitting.slice(0, limit)}
        rowKey={({ id }) => id}
        isSelected={({ id }) => id === marked?.id}
      />
      {hidden > 0 && (
        <Button small onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          {text.more(Math.min(hidden, ROWS_AT_ONCE))}
        </Button>
      )}
    </>
  );
}

function columnsWith(onMark: (finding: Finding) => void): Column<Finding>[] {
  return [
    {
      head: text.severity,
      cell: ({ severity }) => <StatePill state={severity} words={pageStrings.states.severity} />,
    },
    { head: text.rule, cell: ({ rule }) => <code>{rule}</code> },
    {
      head: text.place,
      cell: (finding) => (
        <button
          type="button"
          className="row-button number"
          aria-label={text.showPlace(finding.row, finding.col)}
          onClick={() => onMark(finding)}
        >
          {finding.row}, {finding.col}
        </button>
      ),
    },
    { head: text.message, cell: ({ message }) => message },
  ];
}

interface SeverityFilterProps {
  findings: readonly Finding[];
  chosen: Finding["severity"] | null;
  onChoose: (severity: Finding["severity"] | null) => void;
}

function SeverityFilter({ findings, chosen, onChoose }: SeverityFilterProps) {
  const count = (severity: Finding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).length;
  return (
    <div className="actions">
      <Button small aria-pressed={chosen === null} onClick={() => onChoose(null)}>
        {text.all} ({findings.length})
      </Button>
      {(["error", "warning", "info"] as const).map((severity) => (
        <Button
          key={severity}
          small
          aria-pressed={chosen === severity}
          disabled={count(severity) === 0}
          onClick={() => onChoose(severity)}
        >
          {pageStrings.states.severity[severity]} ({count(severity)})
        </Button>
      ))}
    </div>
  );
}
