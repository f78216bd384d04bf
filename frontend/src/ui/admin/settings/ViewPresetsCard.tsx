import { useState } from "react";
import { Field } from "../../components/Field";
import { useAction } from "../../hooks/useAction";
import { settingsStrings } from "../../strings-settings";
import { type CardProps, SettingCard, type Settings, useSaving } from "./SettingCard";

const text = settingsStrings.viewPresets;

export function ViewPresetsCard(props: CardProps) {
  const saving = useSaving(props);
  const [json, setJson] = useState(() =>
    JSON.stringify(props.project.settings.view_presets, null, 2),
  );
  const save = useAction(async () => saving.run({ view_presets: presetsOf(json) }));
  const fault = save.error?.message ?? saving.error?.message;
  return (
    <SettingCard
      title={text.title}
      lead={text.lead}
      saving={saving}
      fault={null}
      onSave={() => void save.run()}
    >
      <Field label={text.label} hint={text.hint} fault={fault}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={8}
            spellCheck={false}
            value={json}
            onChange={(event) => setJson(event.target.value)}
          />
        )}
      </Field>
    </SettingCard>
  );
}

/** What is written, for the server to check; empty means no presets. */
function presetsOf(json: string): Settings["view_presets"] {
  try {
    return json.trim() === "" ? [] : JSON.parse(json);
  } catch (failure) {
    throw new Error(text.notJson(failure instanceof Error ? failure.message : String(failure)));
  }
}
