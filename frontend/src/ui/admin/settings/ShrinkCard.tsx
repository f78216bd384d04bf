import { useState } from "react";
import { SelectField } from "../../components/Field";
import { settingsStrings } from "../../strings-settings";
import { type CardProps, SettingCard, type Settings, useSaving } from "./SettingCard";

const text = settingsStrings.shrink;
const CHOICES = ["auto", "1", "2", "4", "8"] as const satisfies readonly Settings["shrink"][];

/** How much images are shrunken before the predictor sees them. */
export function ShrinkCard(props: CardProps) {
  const saving = useSaving(props);
  const [shrink, setShrink] = useState<Settings["shrink"]>(props.project.settings.shrink);
  return (
    <SettingCard
      title={text.title}
      lead={text.lead}
      saving={saving}
      fault={null}
      onSave={() => void saving.run({ shrink })}
    >
      <SelectField
        label={text.label}
        hint={text.hint}
        fault={saving.error?.message}
        value={shrink}
        options={CHOICES.map((value) => ({ value, label: text.names[value] }))}
        onValue={(value) => setShrink(CHOICES.find((choice) => choice === value) ?? "auto")}
      />
    </SettingCard>
  );
}
