import { Icon, type IconName } from "../icons";
import { ariaKey } from "../keys/names";

interface StripButtonProps {
  icon: IconName | null;
  label: string;
  keyName?: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

/** Longer names of keys do not fit into the corner of a button. */
const LONGEST_KEY = 1;

/** A square button with a picture and its key in the corner; without a picture, with initials. */
export function StripButton(props: StripButtonProps) {
  const { icon, label, keyName } = props;
  return (
    <button
      type="button"
      className="icon-button strip-button"
      aria-label={label}
      aria-pressed={props.pressed}
      aria-keyshortcuts={keyName && ariaKey(keyName)}
      data-key={keyName && keyName.length <= LONGEST_KEY ? keyName : undefined}
      data-tip={keyName ? `${label}  ${keyName}` : label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {icon ? <Icon name={icon} /> : <span className="initials">{initialsOf(label)}</span>}
    </button>
  );
}

function initialsOf(label: string): string {
  const words = label.split(/\s+/).slice(0, 2);
  return words.map((word) => word.charAt(0).toUpperCase()).join("");
}
