import { useState } from "react";
import { Button } from "../../components/Button";
import { Field, SelectField, TextField } from "../../components/Field";
import { settingsStrings } from "../../strings-settings";
import { type Fault, faultOf } from "./faults";
import { type CardProps, SettingCard, type Settings, useSaving } from "./SettingCard";

const text = settingsStrings.cellTypes;

type CellType = Settings["cell_types"][number];

interface Row extends CellType {
  /** Tells rows apart while their fields change. */
  readonly number: number;
  /** Held by the server already: marks may point to its id. */
  readonly isKept: boolean;
}

const COLORS = ["#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#42d4f4", "#f032e6"];
const HOTKEYS = [
  { value: "", label: text.noHotkey },
  ...Array.from({ length: 9 }, (_, i) => ({ value: String(i + 1), label: String(i + 1) })),
];

/** An id for a name, as the server takes it. */
function idFor(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40);
}

function wireOf({ id, name, color, hotkey }: Row): CellType {
  return { id: id.trim() || idFor(name), name, color, hotkey };
}

function rowsOf({ cell_types }: Settings): readonly Row[] {
  return cell_types.map((type, number) => ({ ...type, number, isKept: true }));
}

export function CellTypesCard(props: CardProps) {
  const [rows, setRows] = useState(() => rowsOf(props.project.settings));
  const saving = useSaving(props, (settings) => setRows(rowsOf(settings)));
  const fault = saving.error && faultOf(saving.error.message, "cell_types");
  const faultOfRow = (index: number) => (fault?.index === index ? fault : null);
  const isPlaced = fault !== null && fault.index !== null && fault.key !== null;

  const change = (number: number, part: Partial<CellType>) =>
    setRows((all) => all.map((row) => (row.number === number ? { ...row, ...part } : row)));
  const add = () => {
    const number = 1 + Math.max(-1, ...rows.map((row) => row.number));
    saving.touch();
    const color = COLORS[rows.length % COLORS.length] ?? "#808080";
    setRows([...rows, { id: "", name: "", color, hotkey: null, number, isKept: false }]);
  };
  const remove = (number: number) => {
    saving.touch();
    setRows(rows.filter((row) => row.number !== number));
  };
  const save = () => {
    void saving.run({ cell_types: rows.map(wireOf) });
  };
  return (
    <SettingCard
      title={text.title}
      lead={text.lead}
      saving={saving}
      fault={isPlaced ? null : (fault?.message ?? null)}
      onSave={save}
    >
      {rows.length === 0 && <p className="muted">{text.none}</p>}
      {rows.map((row, index) => (
        <CellTypeRow
          key={row.number}
          row={row}
          place={index + 1}
          fault={faultOfRow(index)}
          onChange={(part) => change(row.number, part)}
          onRemove={() => remove(row.number)}
        />
      ))}
      <div className="actions">
        <Button onClick={add}>{text.add}</Button>
      </div>
    </SettingCard>
  );
}

interface CellTypeRowProps {
  row: Row;
  place: number;
  fault: Fault | null;
  onChange: (part: Partial<CellType>) => void;
  onRemove: () => void;
}

function CellTypeRow({ row, place, fault, onChange, onRemove }: CellTypeRowProps) {
  const faultAt = (key: keyof CellType) => (fault?.key === key ? fault.message : undefined);
  return (
    <fieldset className="plain">
      <legend className="visually-hidden">{text.legend(place)}</legend>
      <div className="form-row">
        <TextField
          label={text.name}
          value={row.name}
          maxLength={60}
          fault={faultAt("name")}
          onValue={(name) => onChange({ name })}
        />
        <TextField
          label={text.id}
          value={row.id}
          maxLength={40}
          placeholder={idFor(row.name)}
          readOnly={row.isKept}
          fault={faultAt("id")}
          onValue={(id) => onChange({ id })}
        />
        <Field label={text.color} fault={faultAt("color")}>
          {(control) => (
            <input
              {...control}
              type="color"
              value={row.color}
              onChange={(event) => onChange({ color: event.target.value })}
            />
          )}
        </Field>
        <SelectField
          label={text.hotkey}
          value={row.hotkey === null ? "" : String(row.hotkey)}
          options={HOTKEYS}
          fault={faultAt("hotkey")}
          onValue={(value) => onChange({ hotkey: value === "" ? null : Number(value) })}
        />
        <Button small tone="quiet" aria-label={text.remove(row.name)} onClick={onRemove}>
          ×
        </Button>
      </div>
    </fieldset>
  );
}
