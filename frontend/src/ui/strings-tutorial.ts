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
  repair: {
    title: "Repair an outline",
    lead: (key) =>
      `Half of the marked cell is missing. Select it and paint the rest with the brush (${key("tool.brush")}). ${key("history.undo")} takes back what went wrong.`,
  },
  done: {
    title: "That is all",
    lead: (key) =>
      `${key("page.help")} shows all keys, ${key("page.palette")} finds any command. Before you submit, the page checks your crop and points at what you may have missed.`,
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
  result: (share: number) => `Your labels overlap the true ones by ${percent(share)} on average.`,
  steps,
};
