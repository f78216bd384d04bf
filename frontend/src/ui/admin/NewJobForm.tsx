import { type FormEvent, useState } from "react";
import type { AdminApi, Fov, Job, Project } from "../../api";
import { Button } from "../components/Button";
import { Field, SelectField, TextField } from "../components/Field";
import { Failure } from "../components/Notice";
import { useAction } from "../hooks/useAction";
import { useResource } from "../hooks/useResource";
import { adminStrings } from "../strings-admin";

const text = adminStrings.jobs;
const STARTS = [
  { value: "accepted", label: text.startFromAccepted },
  { value: "proposal", label: text.startFromProposal },
];

interface Draft {
  name: string;
  cropSizePx: string;
  overlapPercent: string;
  redundancy: string;
  startFrom: Job["start_from"];
  instructions: string;
  fovIds: readonly number[];
}

/** Empty but for the figures that the project sets. */
function emptyDraft({ settings }: Project): Draft {
  return {
    name: "",
    cropSizePx: String(settings.crop_size_px),
    overlapPercent: String(Math.round(settings.overlap * 100)),
    redundancy: "1",
    startFrom: "accepted",
    instructions: "",
    fovIds: [],
  };
}

interface NewJobFormProps {
  api: AdminApi;
  project: Project;
  onCreated: () => void;
}

export function NewJobForm({ api, project, onCreated }: NewJobFormProps) {
  const [draft, setDraft] = useState(() => emptyDraft(project));
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const create = useAction(async () => {
    if (!draft.name.trim()) throw new Error(text.needName);
    await api.createJob(project.id, {
      name: draft.name.trim(),
      crop_size_px: Number(draft.cropSizePx),
      overlap: Number(draft.overlapPercent) / 100,
      redundancy: Number(draft.redundancy),
      start_from: draft.startFrom,
      instructions: draft.instructions,
      ...(draft.fovIds.length > 0 && { fov_ids: [...draft.fovIds] }),
    });
    setDraft(emptyDraft(project));
    onCreated();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run();
  };
  return (
    <form className="card" onSubmit={submit} aria-label={text.create}>
      <h2>{text.create}</h2>
      {create.error && <Failure message={create.error.message} />}
      <TextField label={text.name} value={draft.name} onValue={(name) => change({ name })} />
      <div className="form-row">
        <TextField
          label={text.cropSize}
          type="number"
          min={32}
          max={2048}
          value={draft.cropSizePx}
          onValue={(cropSizePx) => change({ cropSizePx })}
        />
        <TextField
          label={text.overlap}
          type="number"
          min={0}
          max={50}
          value={draft.overlapPercent}
          onValue={(overlapPercent) => change({ overlapPercent })}
        />
        <TextField
          label={text.redundancy}
          type="number"
          min={1}
          max={20}
          value={draft.redundancy}
          onValue={(redundancy) => change({ redundancy })}
        />
      </div>
      <Field label={text.instructions} hint={text.instructionsHint}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            value={draft.instructions}
            onChange={(event) => change({ instructions: event.target.value })}
          />
        )}
      </Field>
      <FovChoice
        api={api}
        projectId={project.id}
        chosen={draft.fovIds}
        onChoose={(fovIds) => change({ fovIds })}
      />
      <SelectField
        label={text.startFrom}
        hint={text.startFromHint}
        value={draft.startFrom}
        options={STARTS}
        onValue={(start) => change({ startFrom: start === "accepted" ? start : "proposal" })}
      />
      <div className="actions">
        <Button type="submit" tone="primary" disabled={create.pending}>
          {create.pending ? text.submitting : text.submit}
        </Button>
      </div>
    </form>
  );
}

interface FovChoiceProps {
  api: AdminApi;
  projectId: number;
  chosen: readonly number[];
  onChoose: (ids: readonly number[]) => void;
}

/** FOVs that no open job holds; a returned one is in its job's hands still. */
const isFree = ({ state }: Fov) => !["annotating", "stitched", "returned"].includes(state);

function FovChoice({ api, projectId, chosen, onChoose }: FovChoiceProps) {
  const fovs = useResource(`job-fovs/${projectId}`, () => api.fovs(projectId));
  const free = fovs.data?.filter(isFree) ?? [];
  if (fovs.error) return <Failure message={fovs.error.message} onRetry={fovs.reload} />;
  if (free.length === 0) return null;
  const toggle = (id: number, on: boolean) =>
    onChoose(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  return (
    <div className="field">
      <fieldset className="choices">
        <legend>{text.fovs}</legend>
        {free.map(({ id, name }) => (
          <label className="check" key={id}>
            <input
              type="checkbox"
              checked={chosen.includes(id)}
              onChange={(event) => toggle(id, event.target.checked)}
            />
            {name}
          </label>
        ))}
      </fieldset>
      <span className="field-hint">{text.fovsHint}</span>
    </div>
  );
}
