import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { beforeEach, describe, expect, it } from "vitest";
import { AdminPage } from "../../src/ui/admin/AdminPage";
import { faultOf, namedIn } from "../../src/ui/admin/settings/faults";
import { FakeServer, page, refusal } from "../fake-server";
import { project } from "./samples";
import { showPage } from "./show-page";

const T_CELL = { id: "t_cell", name: "T cell", color: "#e6194b", hotkey: 1 };
const held = project({
  settings: { ...project().settings, cell_types: [T_CELL], qc: { min_cells: 5 } },
});

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer()
    .on("GET /projects", page(held))
    .on("GET /projects/1", held)
    .when("PATCH /projects/1", ({ body }) => {
      const { settings } = body as { settings: object };
      return project({ settings: { ...held.settings, ...settings } });
    });
});

async function open(card: string) {
  window.location.hash = "#/projects/1/settings";
  const { user } = showPage(<AdminPage />, server, "admin");
  const form = within(await screen.findByRole("form", { name: card }));
  const save = () => user.click(form.getByRole("button", { name: "Save" }));
  return { user, form, save };
}

const sent = () => server.calls("PATCH /projects/1").map(({ body }) => body);

describe("a message of the server", () => {
  it("is placed at the entry and the key it names", () => {
    const place = (message: string) => faultOf(message, "cell_types");
    expect(place("cell_types[2].color is 'red'; give")).toMatchObject({ index: 2, key: "color" });
    const schema = "The request cannot be used: settings.cell_types.0.name: Missing data";
    expect(place(schema)).toMatchObject({ index: 0, key: "name" });
    expect(place("cell_types has the id 'a' twice")).toMatchObject({ index: null, key: null });
    expect(place("The server cannot be reached.")).toMatchObject({ index: null, key: null });
  });

  it("names a threshold only as a whole word", () => {
    const names = ["min_area_px", "min_bright_area_px"] as const;
    expect(namedIn("submit_checks.min_bright_area_px is 0", names)).toBe("min_bright_area_px");
    expect(namedIn("min_area_pxs", names)).toBeNull();
  });
});

describe("cell types", () => {
  const card = "Cell types";

  it("are added, renamed and saved as a whole; the id of a kept one stays", async () => {
    const { user, form, save } = await open(card);
    await user.click(form.getByRole("button", { name: "Add a cell type" }));
    const first = within(form.getByRole("group", { name: "Cell type 1" }));
    expect(first.getByLabelText<HTMLInputElement>("Id").readOnly).toBe(true);
    await user.type(first.getByLabelText("Name"), "s");
    const second = within(form.getByRole("group", { name: "Cell type 2" }));
    await user.type(second.getByLabelText("Name"), "B cell (CD20+)");
    await user.selectOptions(second.getByLabelText("Key"), "2");
    await save();
    expect(await form.findByText("Saved.")).toBeTruthy();
    const added = { id: "b_cell_cd20", name: "B cell (CD20+)", color: "#3cb44b", hotkey: 2 };
    const types = [{ ...T_CELL, name: "T cells" }, added];
    expect(sent()).toEqual([{ settings: { cell_types: types } }]);
    expect(second.getByLabelText<HTMLInputElement>("Id").value).toBe("b_cell_cd20");
  });

  it("are removed", async () => {
    const { user, form, save } = await open(card);
    await user.click(form.getByRole("button", { name: "Remove T cell" }));
    expect(form.getByText("No cell types yet. Annotators draw outlines only.")).toBeTruthy();
    await save();
    await waitFor(() => expect(sent()).toEqual([{ settings: { cell_types: [] } }]));
    await form.findByText("Saved.");
    await user.click(form.getByRole("button", { name: "Add a cell type" }));
    expect(form.queryByText("Saved.")).toBeNull();
  });

  it("say beside the field what the server refuses", async () => {
    const message = "cell_types[0].name is ''; give a text.";
    server.on("PATCH /projects/1", refusal(422, "invalid_input", message));
    const { form, save } = await open(card);
    await save();
    expect((await form.findByRole("alert")).textContent).toBe(message);
    const name = form.getByLabelText("Name");
    expect(name.getAttribute("aria-invalid")).toBe("true");
    expect(name.getAttribute("aria-describedby")).toBe(form.getByRole("alert").id);
    expect(form.queryByText("Saved.")).toBeNull();
  });

  it("say above the button what belongs to no field", async () => {
    const message = "cell_types has the hotkey 1 twice; give each its own.";
    server.on("PATCH /projects/1", refusal(422, "invalid_input", message));
    const { form, save } = await open(card);
    await save();
    expect((await form.findByRole("alert")).textContent).toBe(message);
    expect(form.getByLabelText("Name").hasAttribute("aria-invalid")).toBe(false);
  });
});

describe("thresholds", () => {
  it("of the submit checks are sent as numbers, an empty one not at all", async () => {
    const { user, form, save } = await open("Checks before a crop is submitted");
    const area = form.getByLabelText<HTMLInputElement>("Smallest cell (px)");
    expect(area.value).toBe("15");
    await user.clear(area);
    await user.type(area, "30");
    await user.clear(form.getByLabelText("Share of a nucleus in cells (0 to 1)"));
    await save();
    expect(await form.findByText("Saved.")).toBeTruthy();
    expect(sent()).toEqual([
      { settings: { submit_checks: { min_area_px: 30, min_bright_area_px: 80 } } },
    ]);
    await user.type(area, "0");
    expect(form.queryByText("Saved.")).toBeNull();
  });

  it("that are no numbers are not left out: the server says what is wrong with them", async () => {
    const { user, form, save } = await open("Checks before a crop is submitted");
    const message = "submit_checks: min_area_px is '1o'; give a number of 0 or more.";
    server.on("PATCH /projects/1", refusal(422, "invalid_input", message));
    await user.clear(form.getByLabelText("Smallest cell (px)"));
    await user.type(form.getByLabelText("Smallest cell (px)"), "1o");
    await save();
    expect((await form.findByRole("alert")).textContent).toBe(message);
    expect(sent()).toMatchObject([{ settings: { submit_checks: { min_area_px: "1o" } } }]);
    await user.clear(form.getByLabelText("Smallest cell (px)"));
    await user.type(form.getByLabelText("Smallest cell (px)"), "1e999");
    await save();
    await waitFor(() => expect(sent()).toHaveLength(2));
    expect(sent()[1]).toMatchObject({ settings: { submit_checks: { min_area_px: "1e999" } } });
  });

  it("of the automatic checks show what is set, and what is wrong", async () => {
    const { user, form, save } = await open("Automatic checks of stitched images");
    const cells = form.getByLabelText<HTMLInputElement>("Fewest cells of an image in a dataset");
    expect(cells.value).toBe("5");
    const size = form.getByLabelText<HTMLInputElement>("Unusual size (robust z)");
    expect(size.placeholder).toBe("5 unless set");
    const message = "qc: The QC threshold size_z is -1; give a number of 0 or more.";
    server.on("PATCH /projects/1", refusal(422, "invalid_input", message));
    await user.type(size, "-1");
    await save();
    expect((await form.findByRole("alert")).textContent).toBe(message);
    expect(size.getAttribute("aria-invalid")).toBe("true");
    expect(sent()).toEqual([{ settings: { qc: { min_cells: 5, size_z: -1 } } }]);
  });
});

describe("view presets", () => {
  const label = "Presets as JSON";

  it("are written as JSON", async () => {
    const { user, form, save } = await open("View presets");
    const preset = { name: "Nuclei", channels: [{ name: "DAPI" }] };
    await user.clear(form.getByLabelText(label));
    await user.click(form.getByLabelText(label));
    await user.paste(JSON.stringify([preset]));
    await save();
    expect(await form.findByText("Saved.")).toBeTruthy();
    expect(sent()).toEqual([{ settings: { view_presets: [preset] } }]);
  });

  it("that are no JSON are not sent", async () => {
    const { user, form, save } = await open("View presets");
    await user.type(form.getByLabelText(label), "x");
    await save();
    expect((await form.findByRole("alert")).textContent).toMatch(
      /^This is not JSON \(.+save again\.$/,
    );
    expect(sent()).toEqual([]);
    await user.clear(form.getByLabelText(label));
    await save();
    await waitFor(() => expect(sent()).toEqual([{ settings: { view_presets: [] } }]));
  });
});

it("axe finds no serious fault in the settings", async () => {
  const { form, save } = await open("Cell types");
  server.on(
    "PATCH /projects/1",
    refusal(422, "invalid_input", "cell_types[0].id is ''; give one."),
  );
  await save();
  await form.findByRole("alert");
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});

describe("the size of objects", () => {
  const card = "Size of objects";

  it("is one factor for all images, or left to the predictor", async () => {
    const { user, form, save } = await open(card);
    const choice = form.getByLabelText<HTMLSelectElement>("How images are seen");
    expect(choice.selectedOptions[0]?.text).toBe("As the predictor chooses for each image");
    for (const [name, shrink] of [
      ["Shrunken by 4", "4"],
      ["As they are", "1"],
      ["As the predictor chooses for each image", "auto"],
    ] as const) {
      await user.selectOptions(choice, name);
      await save();
      await waitFor(() => expect(sent().at(-1)).toEqual({ settings: { shrink } }));
      expect(await form.findByText("Saved.")).toBeTruthy();
    }
  });

  it("shows what the server refuses beside the choice", async () => {
    server.on("PATCH /projects/1", refusal(422, "invalid_input", "shrink is '3'; give auto."));
    const { form, save } = await open(card);
    await save();
    expect((await form.findByRole("alert")).textContent).toBe("shrink is '3'; give auto.");
  });
});
