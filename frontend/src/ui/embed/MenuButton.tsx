import { useEffect, useId, useRef, useState } from "react";
import { closeFromOutside } from "./close-from-outside";
import { Icon, type IconName } from "./icons";
import { useRoving } from "./roving";

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName | null;
  readonly keyName?: string;
  readonly disabled?: boolean;
}

interface MenuButtonProps {
  label: string;
  icon: IconName;
  pressed?: boolean;
  items: readonly MenuItem[];
  onChoose: (id: string) => void;
}

/** A button that opens a list of commands beside it. */
export function MenuButton({ label, icon, pressed, items, onChoose }: MenuButtonProps) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const roving = useRoving(list);
  const id = useId();
  useEffect(
    () => (open ? closeFromOutside(place.current, () => setOpen(false)) : undefined),
    [open],
  );
  const choose = (chosen: string) => {
    setOpen(false);
    onChoose(chosen);
  };
  return (
    <div className="menu" ref={place}>
      <button
        type="button"
        className="icon-button"
        aria-label={label}
        aria-expanded={open}
        aria-controls={id}
        aria-pressed={pressed}
        title={label}
        onClick={() => setOpen((before) => !before)}
        onKeyDown={(event) => {
          if (!open || event.key !== "ArrowDown") return;
          event.preventDefault();
          event.stopPropagation();
          list.current?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
        }}
      >
        <Icon name={icon} />
      </button>
      <ul
        ref={list}
        className="menu-list"
        id={id}
        hidden={!open}
        data-scrolls
        data-list
        {...roving}
      >
        {items.map((item) => (
          <li key={item.id}>
            <button type="button" disabled={item.disabled} onClick={() => choose(item.id)}>
              {item.icon ? <Icon name={item.icon} /> : <span />}
              <span>{item.label}</span>
              {item.keyName && <kbd>{item.keyName}</kbd>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
