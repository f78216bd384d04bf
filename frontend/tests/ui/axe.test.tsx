import { act, render } from "@testing-library/react";
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
