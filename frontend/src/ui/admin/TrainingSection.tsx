import type { Run } from "../../api";
import { Button } from "../components/Button";
import { Loaded } from "../components/Loaded";
import { Moment } from "../components/Moment";
import { Empty, Failure } from "../components/Notice";
import { StatePill } from "../components/Pill";
import { Progress } from "../components/Progress";
import { type Column, Table } from "../components/Table";
import { formatDuration, isNumber, valueAt } from "../format";
import { type Action, useAction } from "../hooks/useAction";
import { useResource } from "../hooks/useResource";
import { adminStrings } from "../strings-admin";
import { pageStrings } from "../strings-pages";
import { LossCurve } from "./LossCurve";
import { ModelVersionsCard } from "./ModelVersionsCard";
import type { SectionProps } from "./ProjectPage";

const text = adminStrings.training;
const LIVE_MS = 2_000;
const IDLE_MS = 15_000;

const isAlive = ({ state }: Run) => state === "queued" || state === "running";

function columnsWith(cancel: Action<[Run]>): Column<Run>[] {
  return [
    { head: text.columns.run, cell: ({ id, kind }) => text.runName(kind, id) },
    {
      head: text.columns.state,
      cell: ({ state }) => <StatePill state={state} words={pageStrings.states.run} />,
    },
    { head: text.columns.progress, cell: (run) => <RunProgress run={run} /> },
    {
      head: text.columns.time,
      cell: (run) =>
        formatDuration(run.started_at, run.finished_at ? Date.parse(run.finished_at) : Date.now()),
      numeric: true,
    },
    { head: text.columns.started, cell: ({ started_at }) => <Moment iso={started_at} /> },
    {
      head: text.columns.actions,
      cell: (run) =>
        isAlive(run) && (
          <Button
            small
            aria-label={text.cancelOf(run.id)}
            disabled={cancel.pending}
            onClick={() => cancel.run(run)}
          >
            {text.cancel}
          </Button>
        ),
    },
  ];
}

export function TrainingSection(props: SectionProps) {
  const { api, project } = props;
  const runs = useResource(
    `runs/${project.id}`,
    () => api.runs(project.id),
    (all) => (all?.some(isAlive) ? LIVE_MS : IDLE_MS),
  );
  const start = useAction(async () => {
    await api.startTraining(project.id);
    runs.reload();
  });
  const cancel = useAction(async (run: Run) => {
    await api.cancelRun(run.id);
    runs.reload();
  });
  const isBusy = runs.data?.some((run) => run.kind === "train" && isAlive(run)) ?? false;
  return (
    <>
      <section className="card" aria-label={text.runs}>
        <div className="card-head">
          <h2>{text.runs}</h2>
          <Button disabled={start.pending || isBusy} onClick={() => start.run()}>
            {start.pending ? text.starting : text.start}
          </Button>
        </div>
        {start.error && <Failure message={start.error.message} />}
        {cancel.error && <Failure message={cancel.error.message} />}
        <Loaded resource={runs} empty={<Empty title={text.none}>{text.noneLead}</Empty>}>
          {(all) => (
            <Table
              caption={text.runs}
              columns={columnsWith(cancel)}
              rows={all.toReversed()}
              rowKey={({ id }) => id}
            />
          )}
        </Loaded>
      </section>
      <ModelVersionsCard {...props} />
    </>
  );
}

function RunProgress({ run }: { run: Run }) {
  if (run.failure) return <Failure message={run.failure} />;
  const fraction = valueAt(run.progress, "fraction");
  const message = valueAt(run.progress, "message");
  const isOver = run.state === "succeeded";
  return (
    <div className="form">
      {!isOver && isNumber(fraction) && (
        <Progress
          label={text.progressOf(run.id)}
          fraction={fraction}
          caption={typeof message === "string" ? message : undefined}
        />
      )}
      <LossCurve losses={valueAt(run.progress, "losses")} />
    </div>
  );
}
