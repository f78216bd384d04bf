import { useEffect, useId, useRef, useState } from "react";
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

/** Closes at a press outside, at Escape and when the focus goes elsewhere. */
function closeFromOutside(place: HTMLElement | null, close: () => void): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal, capture: true };
  const isInside = (target: EventTarget | null) =>
    target instanceof Node && place?.contains(target) === true;
  const leave = ({ target }: Event) => {
    if (!isInside(target)) close();
  };
  window.addEventListener("pointerdown", leave, options);
  window.addEventListener("focusin", leave, options);
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
      place?.querySelector("button")?.focus();
    },
    options,
  );
  return () => stop.abort();
}
