import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { EditorScreen } from "../../src/ui/embed/EditorScreen";
import { fakeCrop } from "./fake-editor";

let held: ReturnType<typeof fakeCrop>;

beforeEach(() => {
  held = fakeCrop();
});

function show() {
  const done = vi.fn();
  const actions = { onSubmit: done, onSkip: done, onReload: done, onNext: done };
  const instructions = "# Cells\n\n- **every** cell, see [rules](https://example.org)";
  render(
    <EditorScreen
      crop={held.crop}
      instructions={instructions}
      leaving={null}
      problem={null}
      {...actions}
    />,
  );
  return userEvent.setup();
}

/** Serious and critical faults; colours need a layout and are looked at in a real browser. */
async function faults(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

describe("axe finds no serious fault", () => {
  it("in the editor with its panels", async () => {
    show();
    await screen.findByRole("tablist");
    act(() => held.show({ tool: "wand", selected: 2 }));
    expect(await faults()).toEqual([]);
  });

  it("in the editor with findings and banners", async () => {
    const message = "No answer.";
    held.show({ save: { kind: "offline", nUnsaved: 2, retryAt: 0, message } });
    const user = show();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(await faults()).toEqual([]);
  });

  it.each(["types", "notes", "regions", "divisions"] as const)("in the panel %s", async (panel) => {
    const type = { id: "t", name: "T cell", color: "#e6194b", hotkey: 1 };
    held = fakeCrop({ n_frames: 2, cell_types: [type] });
    const compartment = "whole_cell";
    const place = { compartment, label: 2, frame: 0, row: 1, column: 1 } as const;
    const { work } = held.editor.state.getSnapshot();
    held.show({
      selected: 2,
      cellTypes: [type],
      alerts: [
        { compartment, rule: "one_daughter", severity: "warning", parent: 1, label: 2, frame: 0 },
      ],
      marks: {
        types: new Map([[2, "t"]]),
        uncertain: new Set([2]),
        checked: new Set([2]),
        notes: [{ id: "n1", text: "Two?", ...place }],
        regions: [
          {
            id: "r1",
            frame: 0,
            points: [
              [0, 0],
              [0, 1],
              [1, 1],
            ],
          },
        ],
        divisions: [{ compartment, parent: 1, frame: 0, daughters: [2] }],
      },
      work: {
        ...work,
        noteDraft: { id: "n1", text: "Two?", ...place },
        predictions: [
          { id: 1, compartment, frame: 0, window: { row: 0, col: 0, height: 1, width: 1 } },
        ],
      },
    });
    const user = show();
    await screen.findByRole("tablist");
    await user.click(document.querySelector(`[id$='-${panel}-tab']`) as HTMLElement);
    await vi.waitFor(() => expect(document.querySelector(".panel-body h2")).toBeTruthy());
    await vi.waitFor(() => expect(document.querySelector(".note-editor")).toBeTruthy());
    expect(await faults()).toEqual([]);
  });

  it.each([
    ["palette", "{Control>}k{/Control}"],
    ["overlay of keys", "?"],
  ])("in the %s", async (_, keys) => {
    const user = show();
    await user.keyboard(keys);
    await vi.waitFor(() => expect(document.querySelector("dialog[open]")).toBeTruthy());
    expect(await faults()).toEqual([]);
  });
});
