import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AdminPage } from "../../src/ui/admin/AdminPage";
import { FakeServer, page, refusal } from "../fake-server";
import { fov, modelVersion, project, run } from "./samples";
import { showPage } from "./show-page";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer()
    .on("GET /projects", page(project()))
    .on("GET /projects/1", project())
    .on("GET /projects/1/fovs", page(fov({ state: "accepted" })));
});

function open(section: string) {
  window.location.hash = `#/projects/1/${section}`;
  return showPage(<AdminPage />, server, "admin");
}

const formBody = (route: string) => {
  const form = server.calls(route).at(-1)?.body as FormData;
  return Object.fromEntries([...form].filter(([, value]) => typeof value === "string"));
};

describe("projects", () => {
  it("are created by name and listed with their predictor", async () => {
    server.on("GET /projects", page());
    const { user } = showPage(<AdminPage />, server, "admin");
    await user.click(await screen.findByRole("button", { name: "Create project" }));
    expect(screen.getByRole("alert").textContent).toContain("Give the project a name.");

    server.on("POST /projects", project()).on("GET /projects", page(project()));
    await user.type(screen.getByLabelText("Name of the new project"), "Spleen");
    await user.click(screen.getByRole("button", { name: "Create project" }));
    const link = await screen.findByRole("link", { name: "Spleen" });
    expect(link.getAttribute("href")).toBe("#/projects/1");
    expect(screen.getByText("baseline")).toBeTruthy();
    expect(server.calls("POST /projects")[0]?.body).toEqual({ name: "Spleen" });
  });

  it("are closed to reviewers", () => {
    showPage(<AdminPage />, server, "reviewer");
    expect(screen.getByText("This page is not for your role")).toBeTruthy();
  });
});

describe("an address", () => {
  it.each(["constructor", "%", "toString"])(
    "that leads nowhere (%s) shows the images",
    async (part) => {
      open(part);
      expect(await screen.findByRole("heading", { name: "FOVs" })).toBeTruthy();
    },
  );
});

describe("a long table", () => {
  it("shows its rows in parts", async () => {
    const many = Array.from({ length: 450 }, (_, i) => fov({ id: i + 1, name: `spleen-${i + 1}` }));
    server.on("GET /projects/1/fovs", page(...many));
    const { user } = open("fovs");
    const table = within(await screen.findByRole("table", { name: "FOVs" }));
    const nRows = () => table.getAllByRole("row").length - 1;
    expect(nRows()).toBe(200);
    await user.click(screen.getByRole("button", { name: "Show 200 more of 450" }));
    await user.click(screen.getByRole("button", { name: "Show 50 more of 450" }));
    expect(nRows()).toBe(450);
    expect(screen.queryByRole("button", { name: /more of/ })).toBeNull();
  });
});

describe("upload", () => {
  const readable = {
    name: "a.tif",
    format: "TIFF",
    axes: "CYX",
    stored_shape: [2, 50, 60],
    shape: [1, 2, 50, 60],
    dtype: "uint16",
    channels: [
      { name: "DAPI", role: "" },
      { name: "CD45", role: "" },
    ],
    compartments: [],
    pixel_size_um: null,
    warnings: ["The file names no pixel size."],
    ambiguous: false,
    what: null,
    choices: [],
    message: null,
    preview_png: "AAAA",
  };
  const clear = { ...readable, warnings: [] };
  const file = new File([new Uint8Array([1])], "a.tif", { type: "image/tiff" });

  it("shows what will be read, then ingests with the chosen channels", async () => {
    server
      .on("POST /projects/1/previews", readable)
      .on("POST /projects/1/fovs", fov({ name: "a" }));
    const { user } = open("fovs");
    await user.upload(await screen.findByLabelText("Image file"), file);
    expect(await screen.findByText("1 × 2 × 50 × 60")).toBeTruthy();
    expect(screen.getByText("The file names no pixel size.")).toBeTruthy();
    expect(screen.getByRole("img", { name: "Preview of the image" })).toBeTruthy();

    await user.selectOptions(screen.getByLabelText("Membrane channel"), "1: CD45");
    await user.type(screen.getByLabelText("Pixel size (µm)"), "0.5");
    await user.click(await screen.findByRole("button", { name: "Ingest" }));
    expect(await screen.findByText("a was ingested.")).toBeTruthy();
    expect(formBody("POST /projects/1/fovs")).toEqual({ membrane: "1", pixel_size_um: "0.5" });
  });

  it("makes the user name ambiguous axes and never guesses", async () => {
    const ambiguous = {
      ...readable,
      ambiguous: true,
      what: "axes",
      choices: ["CYX", "ZYX"],
      message: "The file does not name its axes.",
    };
    server
      .when("POST /projects/1/previews", ({ body }) =>
        (body as FormData).get("axes") === "ZYX" ? readable : ambiguous,
      )
      .on("POST /projects/1/fovs", fov());
    const { user } = open("fovs");
    await user.upload(await screen.findByLabelText("Image file"), file);
    expect(await screen.findByText("The file does not name its axes.")).toBeTruthy();
    const ingest = screen.getByRole<HTMLButtonElement>("button", { name: "Ingest" });
    expect(ingest.disabled).toBe(true);

    await user.selectOptions(screen.getByLabelText("Axes"), "ZYX");
    await waitFor(() => expect(ingest.disabled).toBe(false));
    await user.click(ingest);
    await screen.findByText("spleen-1 was ingested.");
    expect(formBody("POST /projects/1/fovs")).toEqual({ axes: "ZYX" });
  });

  it("makes the user name one of several acquisitions", async () => {
    const several = {
      ...readable,
      ambiguous: true,
      what: "acquisition",
      choices: ["1", "2"],
      message: "The file holds 2 acquisitions.",
    };
    server
      .when("POST /projects/1/previews", ({ body }) =>
        (body as FormData).get("acquisition") === "2" ? readable : several,
      )
      .on("POST /projects/1/fovs", fov());
    const { user } = open("fovs");
    await user.upload(await screen.findByLabelText("Image file"), file);
    expect(await screen.findByText("The file holds 2 acquisitions.")).toBeTruthy();
    const ingest = screen.getByRole<HTMLButtonElement>("button", { name: "Ingest" });
    expect(ingest.disabled).toBe(true);
    expect(screen.queryByLabelText("Axes")).toBeNull();

    await user.selectOptions(screen.getByLabelText("Acquisition"), "2");
    await waitFor(() => expect(ingest.disabled).toBe(false));
    await user.click(ingest);
    await screen.findByText("spleen-1 was ingested.");
    expect(formBody("POST /projects/1/fovs")).toEqual({ acquisition: "2" });
  });

  it("ingests the file that was looked at last, whichever answer comes first", async () => {
    const answers: ((preview: object) => void)[] = [];
    server
      .when("POST /projects/1/previews", () => new Promise((resolve) => answers.push(resolve)))
      .on("POST /projects/1/fovs", refusal(409, "conflict", "That name is taken."));
    const { user } = open("fovs");
    const field = await screen.findByLabelText("Image file");
    await user.upload(field, file);
    await user.upload(field, new File([new Uint8Array([2])], "b.tif"));
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.({ ...clear, dtype: "uint8" });
    expect(await screen.findByText("uint8")).toBeTruthy();
    answers[0]?.(clear);
    await user.click(screen.getByRole("button", { name: "Ingest" }));
    expect((await screen.findByRole("alert")).textContent).toContain("That name is taken.");
    expect(screen.queryByText("uint16")).toBeNull();
    const sent = server.calls("POST /projects/1/fovs")[0]?.body as FormData;
    expect((sent.get("file") as File).name).toBe("b.tif");

    await user.upload(field, file);
    await waitFor(() => expect(answers).toHaveLength(3));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("ingests nothing by a choice that could not be read", async () => {
    server.when("POST /projects/1/previews", ({ body }) =>
      (body as FormData).get("nuclear") === "1"
        ? refusal(422, "unreadable_image", "Channel 1 ends too early.")
        : clear,
    );
    const { user } = open("fovs");
    await user.upload(await screen.findByLabelText("Image file"), file);
    const ingest = await screen.findByRole<HTMLButtonElement>("button", { name: "Ingest" });
    await waitFor(() => expect(ingest.disabled).toBe(false));
    await user.selectOptions(screen.getByLabelText("Nuclear channel"), "1: CD45");
    expect((await screen.findByRole("alert")).textContent).toContain("ends too early");
    expect(ingest.disabled).toBe(true);
    await user.selectOptions(screen.getByLabelText("Nuclear channel"), "");
    await waitFor(() => expect(ingest.disabled).toBe(false));
  });

  it("says what is wrong with a file and offers no ingest", async () => {
    const message = "a.tif ends inside page 2. Export it again.";
    server.on("POST /projects/1/previews", refusal(422, "unreadable_image", message));
    const { user } = open("fovs");
    await user.upload(await screen.findByLabelText("Image file"), file);
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Ingest" }).disabled).toBe(true);
  });
});

describe("datasets", () => {
  it("are frozen on request and listed with their splits and files", async () => {
    server.on("GET /projects/1/datasets", page()).on("POST /projects/1/datasets", { id: 1 });
    const { user } = open("datasets");
    await screen.findByText("No dataset version yet");
    const splits = { train: { n_crops: 64 }, val: { n_crops: 8 }, test: { n_crops: 9 } };
    const manifest = { splits, dropped: [{}, {}] };
    const version = {
      id: 1,
      project_id: 1,
      number: 1,
      manifest,
      created_at: "2026-03-04T05:06:07Z",
    };
    server.on("GET /projects/1/datasets", page(version));
    await user.click(screen.getByRole("button", { name: "Freeze accepted FOVs" }));
    expect(await screen.findByText("64 / 8 / 9")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Download test.npz of version 1" })).toBeTruthy();
  });

  it("say why they cannot be frozen", async () => {
    server
      .on("GET /projects/1/datasets", page())
      .on("POST /projects/1/datasets", refusal(409, "conflict", "No FOV is accepted yet."));
    const { user } = open("datasets");
    await user.click(await screen.findByRole("button", { name: "Freeze accepted FOVs" }));
    expect((await screen.findByRole("alert")).textContent).toContain("No FOV is accepted yet.");
  });
});

describe("training", () => {
  it("follows a run while it is alive and can cancel it", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    server
      .on("GET /projects/1/runs", page(run()))
      .on("GET /projects/1/model-versions", page())
      .on("POST /runs/6/cancel", run());
    const { user } = open("training");
    const bar = await screen.findByRole("progressbar", { name: "Progress of run 6" });
    expect(bar.getAttribute("aria-valuenow")).toBe("40");
    const start = screen.getByRole<HTMLButtonElement>("button", { name: "Start training" });
    expect(start.disabled).toBe(true);

    server.on("GET /projects/1/runs", page(run({ progress: { fraction: 0.9 } })));
    await vi.advanceTimersByTimeAsync(2100);
    await waitFor(() => expect(bar.getAttribute("aria-valuenow")).toBe("90"));

    server.on("GET /projects/1/runs", page(run({ state: "cancelled" })));
    await user.click(screen.getByRole("button", { name: "Cancel run 6" }));
    expect(await screen.findByText("Cancelled")).toBeTruthy();
    expect(start.disabled).toBe(false);
    vi.useRealTimers();
  });

  it("lists model versions with their figures and hands one to the gate", async () => {
    const nested = { test: { mean_f1: 0.75, whole_cell: { f1: 0.7 }, nuclear: { f1: 0.8 } } };
    const current = modelVersion({ id: 3, name: "unet-2", is_current: true, metrics: nested });
    server
      .on("GET /projects/1/runs", page())
      .on("GET /projects/1/model-versions", page(modelVersion(), current))
      .on("POST /projects/1/promotions", { work: "decide_promotion" });
    const { user } = open("training");
    const table = await screen.findByRole("table", { name: "Model versions" });
    const [, newest, oldest] = within(table).getAllByRole("row");
    expect(newest?.textContent).toMatch(/^unet-20\.7500\.7000\.800.*Predicts new jobs$/);
    expect(oldest?.textContent).toContain("unet-10.812–0.900");
    await user.click(screen.getByRole("button", { name: "Compare with current" }));
    await screen.findByText("Queued. The decision will stand under Promotions.");
    screen.getByRole("button", { name: "Download the report of unet-2" });
    expect(server.calls("POST /projects/1/promotions")[0]?.body).toEqual({ model_version_id: 2 });
  });
});

describe("promotions", () => {
  const decision = {
    id: 1,
    project_id: 1,
    from_model_id: null,
    to_model_id: 2,
    outcome: "promoted",
    reason: "unet-1 is better than baseline.",
    comparison: {},
    decided_by_id: null,
    decided_at: "2026-03-04T05:06:07Z",
  };

  it("come by themselves, with the model that is to be rolled back", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    server
      .on("GET /projects/1/promotions", page())
      .on("GET /projects/1/model-versions", page(modelVersion()));
    open("promotions");
    await screen.findByText("No decision yet");
    server
      .on("GET /projects/1", project({ current_model: { id: 2, name: "unet-1" } }))
      .on("GET /projects/1/promotions", page(decision));
    await vi.advanceTimersByTimeAsync(15_100);
    expect(await screen.findByText("unet-1 is better than baseline.")).toBeTruthy();
    expect(await screen.findByText(/^New jobs are predicted by unet-1/)).toBeTruthy();
    vi.useRealTimers();
  });

  it("stand with their reason, and are rolled back only with one", async () => {
    server
      .on("GET /projects/1", project({ current_model: { id: 2, name: "unet-1" } }))
      .on("GET /projects/1/promotions", page(decision))
      .on("GET /projects/1/model-versions", page(modelVersion()))
      .on("POST /projects/1/rollbacks", decision);
    const { user } = open("promotions");
    expect(await screen.findByText("unet-1 is better than baseline.")).toBeTruthy();
    expect(screen.getByText("baseline → unet-1")).toBeTruthy();

    await user.click(screen.getByRole("button", { name: "Roll back now" }));
    expect(screen.getByRole("alert").textContent).toContain("Say why, then roll back.");
    expect(server.calls("POST /projects/1/rollbacks")).toEqual([]);

    server.on("GET /projects/1", project());
    await user.type(screen.getByLabelText("Reason"), "Misses small nuclei.");
    await user.click(screen.getByRole("button", { name: "Roll back now" }));
    await screen.findByText(/nothing to roll back to/);
    expect(server.calls("POST /projects/1/rollbacks")[0]?.body).toEqual({
      reason: "Misses small nuclei.",
    });
  });
});

describe("rounds", () => {
  it("are a chart and a table", async () => {
    const figures = { name: "First pass", model_version: "baseline", n_fovs: 4, n_cells: 2210 };
    const items = [
      { ...figures, edits_per_cell: 0.42, proposal_f1: 0.69 },
      { ...figures, name: "Second pass", edits_per_cell: 0.21, proposal_f1: null },
    ];
    server.on("GET /projects/1/rounds", { items });
    open("rounds");
    expect(
      await screen.findByRole("img", { name: "Edits per cell, by round. 1: 0.42; 2: 0.21" }),
    ).toBeTruthy();
    const [, first, second] = within(screen.getByRole("table")).getAllByRole("row");
    expect(first?.textContent).toBe("1 · First passbaseline42,2100.6900.420––");
    expect(second?.textContent).toContain("2 · Second pass");
  });

  it("do without a chart before the first figures", async () => {
    server.on("GET /projects/1/rounds", { items: [{ name: "First pass", edits_per_cell: null }] });
    open("rounds");
    await screen.findByRole("table");
    expect(screen.queryByRole("img")).toBeNull();
  });
});
