import { type InputHTMLAttributes, type ReactNode, useId } from "react";

interface Control {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

interface FieldProps {
  label: string;
  hint?: string;
  /** What is wrong with the value; said at once to screen readers. */
  fault?: string | undefined;
  children: (control: Control) => ReactNode;
}

/** A labelled control: the label is tied to it by id, hint and fault by description. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const faultId = `${id}-fault`;
  const described = [hint && hintId, fault && faultId].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(described && { "aria-describedby": described }),
        ...(fault && { "aria-invalid": true }),
      })}
      {hint && (
        <span id={hintId} className="field-hint">
          {hint}
        </span>
      )}
      {fault && (
        <span id={faultId} className="field-fault" role="alert">
          {fault}
        </span>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  hint?: string;
  fault?: string | undefined;
  onValue: (value: string) => void;
}

export function TextField({ label, hint, fault, onValue, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <input
          {...control}
          {...input}
          className="input"
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}

interface SelectFieldProps {
  label: string;
  hint?: string;
  fault?: string | undefined;
  value: string;
  options: readonly { value: string; label: string }[];
  onValue: (value: string) => void;
}

export function SelectField(props: SelectFieldProps) {
  const { label, hint, fault, value, options, onValue } = props;
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <select
          {...control}
          className="input"
          value={value}
          onChange={(event) => onValue(event.target.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
