import type { ReactNode } from "react";
import { Icon, type IconName } from "../icons";

interface MarkListProps {
  label: string;
  /** What to say where there is nothing. */
  empty: string;
  children: readonly ReactNode[];
}

export function MarkList({ label, empty, children }: MarkListProps) {
  if (children.length === 0) return <p className="muted panel-hint">{empty}</p>;
  return (
    <ul className="mark-list" aria-label={label}>
      {children}
    </ul>
  );
}

interface MarkRowProps {
  /** A press goes to the place. */
  onGo: () => void;
  isCurrent?: boolean;
  children: ReactNode;
  /** Buttons at the end of the row. */
  actions?: ReactNode;
}

/** A line that leads to a place, with what can be done about it. */
export function MarkRow({ onGo, isCurrent, children, actions }: MarkRowProps) {
  return (
    <li>
      <button type="button" className="mark-go" aria-current={isCurrent} onClick={onGo}>
        {children}
      </button>
      {actions}
    </li>
  );
}

interface RowButtonProps {
  icon: IconName;
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

export function RowButton({ icon, label, pressed, disabled, onClick }: RowButtonProps) {
  return (
    <button
      type="button"
      className="row-button"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
