import { useEffect, useState, useSyncExternalStore } from "react";
import type { ViewPreset } from "../../../api";
import { Button } from "../../components/Button";
import { strings } from "../../strings";
import { lateStrings } from "../../strings-embed-late";
import { IconButton } from "../icons";
import type { OpenCrop } from "../open-crop";
import { applyPreset, presetOf, showModelInput } from "./views";

const text = lateStrings.views;
const MODEL_INPUT = "model";
const MOST_LETTERS = 60;

/** Named settings of all channels: the project's, and those that this annotator keeps. */
export function ViewPresets({
  crop,
}: {
  crop: Pick<OpenCrop, "editor" | "assignment" | "presets">;
}) {
  const { editor, presets } = crop;
  const { items, problem } = useSyncExternalStore(presets.subscribe, presets.getSnapshot);
  const [chosen, setChosen] = useState("");
  const [naming, setNaming] = useState(false);
  const views = viewsByValue(crop.assignment.view_presets, items);
  const own = chosen.startsWith("own/") ? views.get(chosen) : undefined;
  useEffect(() => {
    void presets.sync();
    const again = () => void presets.sync();
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [presets]);

  const choose = (value: string) => {
    setChosen(value);
    const view = views.get(value);
    if (view) applyPreset(editor, view);
    else if (value === MODEL_INPUT) showModelInput(editor);
  };
  const keep = (name: string) => {
    void presets.keep(presetOf(name, editor.state.getSnapshot().channels));
    setChosen(keyOf("own", name));
    setNaming(false);
  };
  if (naming) return <NameField onKeep={keep} onCancel={() => setNaming(false)} />;
  return (
    <>
      <div className="view-presets">
        <select
          className="small-select"
          aria-label={text.label}
          value={chosen}
          onChange={(event) => choose(event.target.value)}
        >
          <option value="" disabled>
            {text.choose}
          </option>
          <option value={MODEL_INPUT}>{text.modelInput}</option>
          <Options label={text.project} group="project" presets={crop.assignment.view_presets} />
          <Options label={text.own} group="own" presets={items} />
        </select>
        {own && (
          <IconButton
            icon="remove"
            label={text.forget(own.name)}
            onClick={() => {
              void presets.forget(own.name);
              setChosen("");
            }}
          />
        )}
        <Button small onClick={() => setNaming(true)}>
          {text.save}
        </Button>
      </div>
      {problem !== null && items.length > 0 && (
        <p className="panel-hint muted" role="status">
          {text.notKept(problem)}
        </p>
      )}
    </>
  );
}

/** No form: a sandboxed frame lets none be submitted. */
function NameField({ onKeep, onCancel }: { onKeep: (name: string) => void; onCancel: () => void }) {
  const [name, setName] = useState("");
  const keep = () => {
    if (name.trim() === "") onCancel();
    else onKeep(name.trim());
  };
  return (
    <div className="view-presets">
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field.
        autoFocus
        type="text"
        className="input"
        aria-label={text.name}
        placeholder={text.name}
        maxLength={MOST_LETTERS}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") keep();
          else if (event.key === "Escape") onCancel();
        }}
      />
      <Button small tone="primary" onClick={keep}>
        {text.keep}
      </Button>
      <IconButton icon="close" label={strings.common.cancel} onClick={onCancel} />
    </div>
  );
}

type Group = "project" | "own";

interface OptionsProps {
  label: string;
  group: Group;
  presets: readonly ViewPreset[];
}

function Options({ label, group, presets }: OptionsProps) {
  if (presets.length === 0) return null;
  return (
    <optgroup label={label}>
      {presets.map(({ name }) => (
        <option key={name} value={keyOf(group, name)}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}

function keyOf(group: Group, name: string): string {
  return `${group}/${name}`;
}

function viewsByValue(
  project: readonly ViewPreset[],
  own: readonly ViewPreset[],
): ReadonlyMap<string, ViewPreset> {
  return new Map([
    ...project.map((preset) => [keyOf("project", preset.name), preset] as const),
    ...own.map((preset) => [keyOf("own", preset.name), preset] as const),
  ]);
}
