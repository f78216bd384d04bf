import { type ChangeEvent, useState } from "react";
import { type AdminApi, ApiError, type Fov, type FovForm, type Preview } from "../../api";
import { Button } from "../components/Button";
import { Field, SelectField, TextField } from "../components/Field";
import { Banner, Failure, Loading } from "../components/Notice";
import { valueAt } from "../format";
import { useAction } from "../hooks/useAction";
import { type Question, useQuestion } from "../hooks/useQuestion";
import { adminStrings } from "../strings-admin";
import { PreviewCard } from "./PreviewCard";

const text = adminStrings.fovs;

interface UploadFormProps {
  api: AdminApi;
  projectId: number;
  onIngested: () => void;
}

type Choices = Omit<FovForm, "file">;

/** Pick a file, see what would be read of it, name what is ambiguous, ingest. */
export function UploadForm({ api, projectId, onIngested }: UploadFormProps) {
  const [file, setFile] = useState<File | null>(null);
  const [choices, setChoices] = useState<Choices>({});
  const [ingested, setIngested] = useState<Fov | null>(null);
  const look = useQuestion((chosen: File, named: Choices) =>
    api.preview(projectId, { file: chosen, ...named }),
  );
  const preview = look.answer;
  const ingest = useAction(async () => {
    if (!file) return;
    setIngested(await api.upload(projectId, { file, ...choices }));
    setFile(null);
    look.forget();
    setChoices({});
    onIngested();
  });

  const choose = (change: Choices) => {
    const named = { ...choices, ...change };
    setChoices(named);
    ingest.clear();
    if (file && change.pixel_size_um === undefined) look.ask(file, named);
  };
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const picked = event.target.files?.[0] ?? null;
    setFile(picked);
    setChoices({});
    look.forget();
    setIngested(null);
    ingest.clear();
    if (picked) look.ask(picked, {});
  };
  const failure = ingest.error ?? look.error;
  const axesChoices = preview?.what === "axes" ? preview.choices : axesChoicesOf(failure);
  const isReady = isRead(look);

  return (
    <section className="card" aria-label={text.upload}>
      <h2>{text.upload}</h2>
      {ingested && <Banner tone="success">{text.done(ingested.name)}</Banner>}
      <Field label={text.file}>
        {(control) => (
          <input
            {...control}
            key={ingested?.id}
            type="file"
            className="input"
            disabled={ingest.pending}
            onChange={pick}
          />
        )}
      </Field>
      {failure && <Failure message={failure.message} />}
      {look.pending && <Loading label={text.reading} />}
      {file && (
        <>
          <FileChoice
            label={text.acquisition}
            hint={text.acquisitionChoice}
            choices={preview?.what === "acquisition" ? preview.choices : []}
            value={choices.acquisition ?? ""}
            onValue={(acquisition) => choose({ acquisition })}
          />
          <FileChoice
            label={text.axes}
            hint={text.axesChoice}
            choices={axesChoices}
            value={choices.axes ?? ""}
            onValue={(axes) => choose({ axes })}
          />
          {preview?.ambiguous && <Banner tone="warning">{preview.message}</Banner>}
          {preview && <PreviewCard preview={preview} />}
          {preview && <ChannelChoice preview={preview} choices={choices} onChoose={choose} />}
          <div className="actions">
            <Button
              tone="primary"
              disabled={!isReady || ingest.pending}
              onClick={() => ingest.run()}
            >
              {ingest.pending ? text.ingesting : text.ingest}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

/** What is shown is what would be ingested, and leaves nothing open. */
function isRead({ answer, pending, error }: Question<never, Preview>): boolean {
  return answer !== null && !answer.ambiguous && !pending && error === null;
}

/** The choices that the server names when it refuses to guess the axes. */
function axesChoicesOf(failure: Error | null): readonly string[] {
  if (!(failure instanceof ApiError) || failure.code !== "ambiguous_axes") return [];
  const choices = valueAt(failure.detail, "choices");
  return Array.isArray(choices) ? choices.map(String) : [];
}

interface FileChoiceProps {
  label: string;
  hint: string;
  choices: readonly string[];
  value: string;
  onValue: (value: string) => void;
}

/** One of the readings that a file leaves open; nothing is shown where it leaves none open. */
function FileChoice({ label, hint, choices, value, onValue }: FileChoiceProps) {
  if (choices.length === 0 && !value) return null;
  const shown = [...new Set(["", value, ...choices])];
  return (
    <SelectField
      label={label}
      hint={hint}
      value={value}
      options={shown.map((choice) => ({ value: choice, label: choice || text.asRead }))}
      onValue={onValue}
    />
  );
}

interface ChannelChoiceProps {
  preview: Preview;
  choices: Choices;
  onChoose: (change: Choices) => void;
}

function ChannelChoice({ preview, choices, onChoose }: ChannelChoiceProps) {
  const options = [
    { value: "", label: text.asRead },
    ...preview.channels.map(({ name, role }, index) => ({
      value: String(index),
      label: text.channel(name, index, role),
    })),
  ];
  return (
    <div className="form-row">
      <SelectField
        label={text.nuclear}
        value={choices.nuclear ?? ""}
        options={options}
        onValue={(nuclear) => onChoose({ nuclear })}
      />
      <SelectField
        label={text.membrane}
        value={choices.membrane ?? ""}
        options={options}
        onValue={(membrane) => onChoose({ membrane })}
      />
      <TextField
        label={text.pixelSize}
        inputMode="decimal"
        placeholder={preview.pixel_size_um === null ? "" : String(preview.pixel_size_um)}
        value={choices.pixel_size_um ?? ""}
        onValue={(pixel_size_um) => onChoose({ pixel_size_um })}
      />
    </div>
  );
}
