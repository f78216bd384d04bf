/** Texts that every page has; those of one kind of page stand beside this file. */
export const strings = {
  product: "Cytoloop",
  common: {
    loading: "Loading…",
    retry: "Try again",
    cancel: "Cancel",
    close: "Close",
    none: "–",
    copy: "Copy",
    copied: "Copied",
    more: (n: number, of: number) => `Show ${n} more of ${of}`,
    unexpected: "Something went wrong on this page. Reload it to continue.",
  },
  compartments: { whole_cell: "Whole cell", nuclear: "Nucleus" },
} as const;
