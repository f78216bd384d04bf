interface SliderProps {
  label: string;
  /** What screen readers say, where the label alone does not tell. */
  name?: string;
  min?: number;
  max?: number;
  step?: number;
  value: number;
  onChange: (value: number) => void;
}

export function Slider({ label, name, min = 0, max = 1, step = 0.05, ...rest }: SliderProps) {
  return (
    <label className="slider">
      <span>{label}</span>
      <input
        type="range"
        aria-label={name ?? label}
        min={min}
        max={max}
        step={step}
        value={rest.value}
        onChange={(event) => rest.onChange(Number(event.target.value))}
      />
    </label>
  );
}

interface CheckBoxProps {
  label: string;
  name?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function CheckBox({ label, name, checked, onChange }: CheckBoxProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        aria-label={name ?? label}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
