import type { ReactNode } from "react";
import { ariaKey } from "./keys/names";

const PATHS = {
  select: "M5 3l14 8-6 1.6L9.6 19z",
  brush:
    "M4 20c3.5 0 5-1.5 5-4a2.5 2.5 0 0 0-5 0c0 2-1 3-1 3zM10 14 19.5 3.5a1.8 1.8 0 0 1 2.5 2.5L12 16",
  erase: "M8 20h12M4.5 14.5 13 6l6 6-7.5 8H8z",
  pan: "M12 3v18M3 12h18M12 3 9 6M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3",
  undo: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m16 5 4 4-4 4M20 9H10a6 6 0 0 0 0 12h3",
  add: "M12 5v14M5 12h14",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  panel: "M4 5h16v14H4zM15 5v14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  zoomIn: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21M10.5 7.5v6M7.5 10.5h6",
  zoomOut: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21M7.5 10.5h6",
  help: "M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .9-1 1.7V14M12 17.5v.1",
  more: "M5 12h.1M12 12h.1M19 12h.1",
  find: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  encircle: "M12 5c5 0 8 2.5 8 5.5S16.5 17 12 17s-8-2.5-8-6c0-2 1-3.5 3-4.5M7 3v4h4",
  polygon: "M12 4 4.5 10l3 9h9l3-9zM12 4h.1M4.5 10h.1M7.5 19h.1M16.5 19h.1M19.5 10h.1",
  flood:
    "M11 4 4 11l7 7 7-7zM11 4V2M4 11h14M20 15c1 1.5 1.5 2.5 1.5 3.5a1.5 1.5 0 0 1-3 0c0-1 .5-2 1.5-3.5z",
  trim: "M6 5a2 2 0 1 0 .1 0zM6 15a2 2 0 1 0 .1 0zM8 8.5 20 17M8 15.5 20 7",
  threshold: "M4 4h16v16H4zM4 15c3 0 3-6 6-6s3 4 5 4 3-3 5-3",
  wand: "M4 20 14 10M16 4v4M14 6h4M19 10v3M17.5 11.5h3M10 4v3M8.5 5.5h3",
  watershed:
    "M8 5a4.5 4.5 0 0 0 0 9c2 0 3-1 4-1s2 1 4 1a4.5 4.5 0 0 0 0-9c-2 0-3 1-4 1S10 5 8 5zM12 3v14M8 20h.1M16 20h.1",
  split: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM5 19 19 5",
  merge: "M8.5 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM15.5 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM9 12h6",
  deleteIn: "M4 4h16v16H4zM9 9l6 6M15 9l-6 6",
  lasso: "M12 5c5 0 8 2 8 4.5S17 14 12 14s-8-2-8-4.5S7 5 12 5zM7 13.5c-1 2 1 3 1 4.5s-1 2-2 2",
  swap: "M4 8h14l-3-3M20 16H6l3 3",
  expand:
    "M12 9a3 3 0 1 0 .1 0zM12 3v3M12 18v3M3 12h3M18 12h3M5.5 5.5l2 2M16.5 16.5l2 2M5.5 18.5l2-2M16.5 7.5l2-2",
  autofit: "M7 5C4 7 4 10 5 13s3 6 7 6 8-3 8-7-4-8-8-8c-2 0-3.5 0-5 1zM9 12l2 2 4-4",
  grow: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 9v6M9 12h6",
  shrink: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9 12h6",
  smooth: "M3 9l3-3 3 3 3-3M3 18c3 0 3-4 6-4s3 4 6 4 3-4 6-4",
  fillHoles: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 9.5a2.5 2.5 0 1 0 .1 0zM10 12h4M12 10v4",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  frames: "M4 7h11v11H4zM7 4h13v13",
  expandAll:
    "M7 8a2.5 2.5 0 1 0 .1 0zM17 8a2.5 2.5 0 1 0 .1 0zM12 15a2.5 2.5 0 1 0 .1 0zM3 3h18v18H3z",
  toNext: "M4 12h14M13 7l5 5-5 5M21 5v14",
  toPrevious: "M20 12H6M11 7l-5 5 5 5M3 5v14",
  replace: "M5 6h9a5 5 0 0 1 5 5v2M16 10l3 3 3-3M4 13h8v7H4z",
  check: "M4 12.5 9.5 18 20 6.5",
} as const;

export type IconName = keyof typeof PATHS;

/** The picture of a command of the editor; null for one that has none. */
export function iconOf(commandId: string): IconName | null {
  const [exact, last] = [COMMAND_ICONS[commandId], commandId.split(".").at(-1) ?? ""];
  return exact ?? (last in PATHS ? (last as IconName) : null);
}

const COMMAND_ICONS: Readonly<Record<string, IconName>> = {
  "label.new": "add",
  "label.delete": "remove",
  "label.fill_holes": "fillHoles",
  "label.expand_all": "expandAll",
  "label.copy_to_compartment": "copy",
  "label.copy_to_next": "toNext",
  "label.copy_to_previous": "toPrevious",
  "label.interpolate": "frames",
  "review.accept": "check",
  "review.next": "toNext",
  "review.uncheck": "undo",
  "tool.swap_labels": "swap",
  "tool.delete_box": "deleteIn",
  "tool.delete_lasso": "lasso",
};

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  keys?: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children?: ReactNode;
}

/** A button with a picture, its name for screen readers and its key in the tooltip. */
export function IconButton({
  icon,
  label,
  keys,
  pressed,
  disabled,
  onClick,
  children,
}: IconButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      aria-pressed={pressed}
      aria-keyshortcuts={keys && ariaKey(keys)}
      title={keys ? `${label} (${keys})` : label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
