import { type FormEvent, useState } from "react";
import type { AdminApi, Fov, Job, Project } from "../../api";
import { Button } from "../components/Button";
import { Field, SelectField, TextField } from "../components/Field";
import { Failure } from "../components/Notice";
import { useAction } from "../hooks/useAction";
import { type Resource, useResource } from "../hooks/useResource";
import { percentOf } from "../percent";
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
    overlapPercent: percentOf(settings.overlap),
    redundancy: "1",
    startFrom: "accepted",
    instructions: "",
    fovIds: [],
  };
}

/** An empty field is no zero. */
function numberIn(value: string, field: string): number {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw new Error(text.needNumber(field));
  return number;
}

const REFRESH_MS = 10_000;
/** FOVs that no open job holds; a returned one is in its job's hands still. */
const isFree = ({ state }: Fov) => !["annotating", "stitched", "returned"].includes(state);

interface NewJobFormProps {
  api: AdminApi;
  project: Project;
  onCreated: () => void;
}

export function NewJobForm({ api, project, onCreated }: NewJobFormProps) {
  const [draft, setDraft] = useState(() => emptyDraft(project));
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const fovs = useResource(
    `job-fovs/${project.id}`,
    () => api.fovs(project.id),
    () => REFRESH_MS,
  );
  const free = fovs.data?.filter(isFree) ?? [];
  const create = useAction(async () => {
    if (!draft.name.trim()) throw new Error(text.needName);
    const chosen = draft.fovIds.filter((id) => free.some((fov) => fov.id === id));
    if (chosen.length < draft.fovIds.length) {
      change({ fovIds: chosen });
      throw new Error(text.taken);
    }
    await api.createJob(project.id, {
      name: draft.name.trim(),
      crop_size_px: numberIn(draft.cropSizePx, text.cropSize),
      overlap: numberIn(draft.overlapPercent, text.overlap) / 100,
      redundancy: numberIn(draft.redundancy, text.redundancy),
      start_from: draft.startFrom,
      instructions: draft.instructions,
      ...(draft.fovIds.length > 0 && { fov_ids: [...draft.fovIds] }),
    });
    setDraft(emptyDraft(project));
    fovs.reload();
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
          step="any"
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
        fovs={fovs}
        free={free}
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
  fovs: Resource<Fov[]>;
  free: readonly Fov[];
  chosen: readonly number[];
  onChoose: (ids: readonly number[]) => void;
}

function FovChoice({ fovs, free, chosen, onChoose }: FovChoiceProps) {
  if (fovs.error && !fovs.data) {
    return <Failure message={fovs.error.message} onRetry={fovs.reload} />;
  }
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
