import { Icon, type IconName } from "../icons";

interface StripButtonProps {
  icon: IconName | null;
  label: string;
  keyName?: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

/** A square button with a picture and its key in the corner; without a picture, with initials. */
export function StripButton({
  icon,
  label,
  keyName,
  pressed,
  disabled,
  onClick,
}: StripButtonProps) {
  return (
    <button
      type="button"
      className="icon-button strip-button"
      aria-label={label}
      aria-pressed={pressed}
      data-key={keyName && keyName.length <= 3 ? keyName : undefined}
      title={keyName ? `${label} (${keyName})` : label}
      disabled={disabled}
      onClick={onClick}
    >
      {icon ? <Icon name={icon} /> : <span className="initials">{initialsOf(label)}</span>}
    </button>
  );
}

function initialsOf(label: string): string {
  const words = label.split(/\s+/).slice(0, 2);
  return words.map((word) => word.charAt(0).toUpperCase()).join("");
}
