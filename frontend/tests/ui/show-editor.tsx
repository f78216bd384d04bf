import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";
import { EditorScreen, type EditorScreenProps } from "../../src/ui/embed/EditorScreen";
import type { OpenCrop } from "../../src/ui/embed/open-crop";

/** What the page is asked for by the editor; forget the calls with `mockReset` before each test. */
export const actions = { onSubmit: vi.fn(), onSkip: vi.fn(), onReload: vi.fn(), onNext: vi.fn() };

/** Shows a crop in the editor; `again` shows it once more with other properties. */
export function showEditor(crop: OpenCrop, change: Partial<EditorScreenProps> = {}) {
  const props = { crop, instructions: "", leaving: null, problem: null, ...actions };
  const view = render(<EditorScreen {...props} {...change} />);
  const again = (more: Partial<EditorScreenProps>) =>
    view.rerender(<EditorScreen {...props} {...more} />);
  return { ...view, again, user: userEvent.setup() };
}

export const button = (name: string | RegExp) =>
  screen.getByRole<HTMLButtonElement>("button", { name });
