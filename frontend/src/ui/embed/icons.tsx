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
  more: "M6.2 12a1.2 1.2 0 1 0-2.4 0 1.2 1.2 0 0 0 2.4 0zM13.2 12a1.2 1.2 0 1 0-2.4 0 1.2 1.2 0 0 0 2.4 0zM20.2 12a1.2 1.2 0 1 0-2.4 0 1.2 1.2 0 0 0 2.4 0z",
  find: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  eyeOff:
    "M4 4l16 16M9.8 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-3 3.8M6 7.3A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-1",
  edit: "M4 20l1-4.5L16 4.5 19.5 8 8.5 19zM14 6.5 17.5 10",
  encircle: "M12 5c5 0 8 2.5 8 5.5S16.5 17 12 17s-8-2.5-8-6c0-2 1-3.5 3-4.5M7 3v4h4",
  polygon: "M12 4 4.5 10l3 9h9l3-9zM12 4h.1M4.5 10h.1M7.5 19h.1M16.5 19h.1M19.5 10h.1",
  flood:
    "M11 4 4 11l7 7 7-7zM11 4V2M4 11h14M20 15c1 1.5 1.5 2.5 1.5 3.5a1.5 1.5 0 0 1-3 0c0-1 .5-2 1.5-3.5z",
  trim: "M6 5a2 2 0 1 0 .1 0zM6 15a2 2 0 1 0 .1 0zM8 8.5 20 17M8 15.5 20 7",
  threshold: "M4 4h16v16H4zM4 15c3 0 3-6 6-6s3 4 5 4 3-3 5-3",
  wand: "M4 20 14 10M16 4v4M14 6h4M19 10v3M17.5 11.5h3M10 4v3M8.5 5.5h3",
  watershed:
    "M8 6a6 6 0 0 0 0 12c2 0 2.6-1.3 4-1.3s2 1.3 4 1.3a6 6 0 0 0 0-12c-2 0-2.6 1.3-4 1.3S10 6 8 6zM8.6 12a.6.6 0 1 0-1.2 0 .6.6 0 0 0 1.2 0zM16.6 12a.6.6 0 1 0-1.2 0 .6.6 0 0 0 1.2 0z",
  split: "M9.5 4.6a7.8 7.8 0 0 0 0 14.8zM14.5 4.6a7.8 7.8 0 0 1 0 14.8z",
  merge:
    "M12 7.2a6 6 0 1 0 0 9.6 6 6 0 1 0 0-9.6zM5.5 12h4M8 10.4 9.6 12 8 13.6M18.5 12h-4M16 10.4 14.4 12l1.6 1.6",
  deleteIn: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M9 9l6 6M15 9l-6 6",
  lasso:
    "M11 3.5c4.7 0 8 1.9 8 4.5s-3.3 4.5-8 4.5S3 10.6 3 8s3.3-4.5 8-4.5zM6 12c-1 2 .6 3 .6 4.5S5.6 19 4.5 19M14.5 15.5l5 5M19.5 15.5l-5 5",
  swap: "M4 8h14l-3-3M20 16H6l3 3",
  expand:
    "M12 9.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8zM7.5 5a8.3 8.3 0 0 1 9 0M19 7.5a8.3 8.3 0 0 1 0 9M16.5 19a8.3 8.3 0 0 1-9 0M5 16.5a8.3 8.3 0 0 1 0-9",
  autofit:
    "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3.5 3.5l4 4M20.5 3.5l-4 4M3.5 20.5l4-4M20.5 20.5l-4-4M7.5 4.8v2.7H4.8M16.5 4.8v2.7h2.7M7.5 19.2v-2.7H4.8M16.5 19.2v-2.7h2.7",
  grow: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 9v6M9 12h6",
  shrink: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9 12h6",
  smooth: "M3 9l3-3 3 3 3-3M3 18c3 0 3-4 6-4s3 4 6 4 3-4 6-4",
  fillHoles:
    "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM9.8 13.2l3.4-3.4M11.2 14.8l3.6-3.6",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  frames: "M4 7h11v11H4zM7 4h13v13",
  expandAll:
    "M7 8a2.5 2.5 0 1 0 .1 0zM17 8a2.5 2.5 0 1 0 .1 0zM12 15a2.5 2.5 0 1 0 .1 0zM3 3h18v18H3z",
  toNext: "M4 12h14M13 7l5 5-5 5M21 5v14",
  toPrevious: "M20 12H6M11 7l-5 5 5 5M3 5v14",
  next: "M9 5l7 7-7 7",
  previous: "M15 5l-7 7 7 7",
  replace: "M5 6h9a5 5 0 0 1 5 5v2M16 10l3 3 3-3M4 13h8v7H4z",
  check: "M4 12.5 9.5 18 20 6.5",
  uncheck: "M4 12.5 9.5 18 12.6 14.3M16 10.5l4-4.5M4 4l16 16",
  nextUnchecked: "M3 7.5 5.5 10 10 5M3 16.5h17M16.5 13l3.5 3.5-3.5 3.5",
  view: "M12 3.5 3.5 8.2 12 13l8.5-4.8zM3.5 12.2 12 17l8.5-4.8M3.5 16.2 12 21l8.5-4.8",
  types: "M3.5 4.5v7L12 20l7.5-7.5-8.5-8zM7.8 8.2a.6.6 0 1 0 .1 0z",
  notes: "M4 4.5h16v11h-9l-4 4v-4H4zM8 8.5h8M8 11.5h5",
  uncertain: "M6 21V4M6 4.5h12l-2.5 4 2.5 4H6",
  ignore: "M4 4h16v16H4zM4 11l7-7M4 18 18 4M6.5 20 20 6.5M13 20l7-7",
  ignoreLasso:
    "M11 3.5c4.7 0 8.5 2.5 8.5 6s-3 6.5-8 6.5S3 13 3 9.5s3.5-6 8-6zM5 13 14 4.5M8 15.5l10-9M12.5 16l6.5-5.5M5.5 15c-1 2 1 3 .5 5",
  renew: "M5 12a7 7 0 0 1 12-5l2.5 2.5M19.5 5v4.5H15M19 12a7 7 0 0 1-12 5l-2.5-2.5M4.5 19v-4.5H9",
  division:
    "M3.5 12H9M9 12c3 0 3-5 6-5h1M9 12c3 0 3 5 6 5h1M18.5 5a2 2 0 1 0 .1 0zM18.5 15a2 2 0 1 0 .1 0z",
  predict:
    "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M12 7.5l1.2 3.3 3.3 1.2-3.3 1.2L12 16.5l-1.2-3.3L7.5 12l3.3-1.2z",
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
  "review.next": "nextUnchecked",
  "review.uncheck": "uncheck",
  "label.uncertain": "uncertain",
  "label.renew": "renew",
  "note.add": "notes",
  "division.remove": "division",
  "tool.type": "types",
  "tool.note": "notes",
  "tool.daughter": "division",
  "tool.ignore_box": "ignore",
  "tool.ignore_lasso": "ignoreLasso",
  "tool.predict_box": "predict",
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
  /** Of what it opens. */
  expanded?: boolean;
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
  expanded,
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
      aria-expanded={expanded}
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
