import { useState } from "react";
import { TextField } from "../../components/Field";
import { settingsStrings } from "../../strings-settings";
import { namedIn } from "./faults";
import { type CardProps, SettingCard, useSaving } from "./SettingCard";

interface ThresholdsCardProps extends CardProps {
  setting: "qc" | "submit_checks";
  title: string;
  lead: string;
  /** What each threshold is called. */
  labels: Readonly<Record<string, string>>;
  /** Values that hold while a field is empty. */
  defaults: Readonly<Record<string, number>>;
}

/** What is no number goes to the server as it is, which says so; a field of numbers would drop it unsaid. */
const wireOf = (value: string) => (Number.isFinite(Number(value)) ? Number(value) : value);

/** Thresholds by name; an empty field leaves its threshold at the default. */
export function ThresholdsCard(props: ThresholdsCardProps) {
  const { setting, labels, defaults } = props;
  const names = Object.keys(defaults);
  const held: Readonly<Record<string, unknown>> = props.project.settings[setting];
  const saving = useSaving(props);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(names.map((name) => [name, name in held ? String(held[name]) : ""])),
  );
  const message = saving.error?.message ?? null;
  const wrong = message === null ? null : namedIn(message, names);
  const save = () => {
    const given = Object.entries(values).filter(([, value]) => value.trim() !== "");
    const thresholds = Object.fromEntries(given.map(([name, value]) => [name, wireOf(value)]));
    void saving.run({ [setting]: thresholds });
  };
  return (
    <SettingCard
      title={props.title}
      lead={props.lead}
      saving={saving}
      fault={wrong === null ? message : null}
      onSave={save}
    >
      <div className="form-row">
        {names.map((name) => (
          <TextField
            key={name}
            label={labels[name] ?? name}
            inputMode="decimal"
            placeholder={settingsStrings.byDefault(defaults[name] ?? 0)}
            value={values[name] ?? ""}
            fault={wrong === name ? (message ?? undefined) : undefined}
            onValue={(value) => setValues((before) => ({ ...before, [name]: value }))}
          />
        ))}
      </div>
    </SettingCard>
  );
}
