import { type FormEvent, useState } from "react";
import type { Editor } from "../../../engine";
import { Button } from "../../components/Button";
import { safeStore } from "../../ports/storage";
import { embedStrings } from "../../strings-embed";
import { applyView, forgetView, savedViews, saveView, showModelInput, viewOf } from "./views";

const text = embedStrings.views;
const MODEL_INPUT = "model input";
const store = safeStore(() => window.localStorage);

/** Named settings of all channels, kept in this browser for the job. */
export function ViewPresets({ editor, jobId }: { editor: Editor; jobId: number }) {
  const [views, setViews] = useState(() => savedViews(store, jobId));
  const [chosen, setChosen] = useState("");
  const [naming, setNaming] = useState(false);

  const choose = (value: string) => {
    setChosen(value);
    const view = views.find(({ name }) => name === value);
    if (view) applyView(editor, view);
    else if (value === MODEL_INPUT) showModelInput(editor);
  };
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    setNaming(false);
    if (name === "") return;
    saveView(store, jobId, viewOf(name, editor.state.getSnapshot().channels));
    setViews(savedViews(store, jobId));
    setChosen(name);
  };
  const forget = () => {
    forgetView(store, jobId, chosen);
    setViews(savedViews(store, jobId));
    setChosen("");
  };
  if (naming) {
    return (
      <form className="view-presets" onSubmit={save}>
        <input name="name" type="text" className="input" aria-label={text.name} maxLength={40} />
        <Button small type="submit">
          {text.keep}
        </Button>
      </form>
    );
  }
  return (
    <div className="view-presets">
      <select
        className="small-select"
        aria-label={text.choose}
        value={chosen}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="" disabled>
          {text.choose}
        </option>
        <option value={MODEL_INPUT}>{text.modelInput}</option>
        {views.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <Button small tone="quiet" onClick={() => setNaming(true)}>
        {text.save}
      </Button>
      {views.some(({ name }) => name === chosen) && (
        <Button small tone="quiet" aria-label={text.forget(chosen)} onClick={forget}>
          ×
        </Button>
      )}
    </div>
  );
}
