/** Texts of the guided practice. `key` gives the key of a command as it stands on the keyboard. */
type Lead = (key: (command: string) => string) => string;

const percent = (share: number) => `${Math.floor(share * 100)} %`;

const steps = {
  look: {
    title: "Look around",
    lead: (key) =>
      `Turn the wheel over the image to zoom at the pointer, or press ${key("view.zoom_in")}. Hold ${key("hold.pan")} and drag to move. ${key("view.fit")} shows everything again.`,
  },
  select: {
    title: "Select a cell",
    lead: (key) =>
      `Choose Select (${key("tool.select")}) and click a cell. Hold ${key("hold.hide_labels")} to see the image without labels.`,
  },
  delete: {
    title: "Delete what is no cell",
    lead: (key) =>
      `There is nothing in the image under the marked label. Select it and press ${key("label.delete")}.`,
  },
  draw: {
    title: "Draw a cell that is missing",
    lead: (key) =>
      `The marked cell has no label. Choose Encircle (${key("tool.encircle")}): click its edge, move round it without holding the button, click again. Or press ${key("label.new")} and paint it with the brush.`,
  },
  split: {
    title: "Split two cells",
    lead: (key) =>
      `Two cells share one label here. Choose Split by two clicks (${key("tool.watershed")}) and click the middle of each.`,
  },
  merge: {
    title: "Merge what is one cell",
    lead: (key) =>
      `The marked cell was cut into two labels. Choose Merge (${key("tool.merge")}) and drag from one half to the other.`,
  },
  repair: {
    title: "Repair an outline",
    lead: (key) =>
      `Half of the marked cell is missing. Select it and paint the rest with the brush (${key("tool.brush")}). The size of the brush changes with ${key("brush.larger")} and ${key("brush.smaller")}.`,
  },
  undo: {
    title: "Take something back",
    lead: (key) =>
      `${key("history.undo")} takes the last edit back, and the one before it, as far as you like. ${key("history.redo")} does it again. This works after a reload too.`,
  },
  accept: {
    title: "Accept what is right",
    lead: (key) =>
      `Select a cell and press ${key("review.accept")}: it counts as checked, and the most doubtful of the others comes next. So you can work through a crop without the mouse.`,
  },
  submit: {
    title: "Submit",
    lead: (key) =>
      `When the crop is done, submit it (${key("page.submit")}). The page checks it first and points at what you may have missed. Here the true outlines say how well it went.`,
  },
} as const satisfies Record<string, { title: string; lead: Lead }>;

export const tutorialStrings = {
  title: "Practice",
  lead: "Nothing here is saved.",
  again: "Start over",
  close: "To my crop",
  next: "Next",
  skip: "Skip this step",
  good: "Done.",
  todo: "Not done yet.",
  step: (number: number, of: number) => `Step ${number} of ${of}`,
  overlap: (share: number, target: number) =>
    share >= target
      ? `Well done: ${percent(share)} overlap with the true outline.`
      : `Overlap with the true outline: ${percent(share)}; ${percent(target)} is enough.`,
  submit: "Submit the practice",
  verdict: {
    title: "How it went",
    found: (n: number, of: number) => `${n} of ${of} cells have their outline.`,
    mean: (share: number) => `Mean overlap with the true outlines: ${percent(share)}.`,
    toMend: "What could be better",
    missed: ({ row, col }: { row: number; col: number }) =>
      `A cell at row ${row}, column ${col} has no good outline`,
    extra: (label: number) => `Label ${label} outlines no cell`,
    perfect: "Every cell is right. The real crops work the same way.",
    mend: "Press a line to see the place; go back to mend it and submit again.",
    back: "Go back",
  },
  steps,
};
