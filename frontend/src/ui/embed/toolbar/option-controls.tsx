interface SelectOptionProps<T extends string> {
  label: string;
  keyName?: string;
  value: T;
  choices: Readonly<Record<T, string>>;
  onChange: (value: T) => void;
}

export function SelectOption<T extends string>(props: SelectOptionProps<T>) {
  const { label, keyName } = props;
  return (
    <select
      className="small-select"
      aria-label={label}
      title={keyName ? `${label} (${keyName})` : label}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value as T)}
    >
      {Object.entries<string>(props.choices).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}

interface CheckOptionProps {
  label: string;
  help: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}

export function CheckOption({ label, help, checked, onChange }: CheckOptionProps) {
  return (
    <label className="check option" title={help}>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface NumberOptionProps {
  label: string;
  unit: string;
  min: number;
  max: number;
  value: number;
  onChange: (value: number) => void;
}

/** A number that is taken once it lies within its bounds. */
export function NumberOption({ label, unit, min, max, value, onChange }: NumberOptionProps) {
  return (
    <label className="option">
      <span>{label}</span>
      <input
        type="number"
        className="number-input"
        min={min}
        max={max}
        value={value}
        onChange={(event) => {
          const next = event.target.valueAsNumber;
          if (next >= min && next <= max) onChange(next);
        }}
      />
      <span>{unit}</span>
    </label>
  );
}
