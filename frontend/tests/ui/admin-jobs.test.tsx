import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AdminPage } from "../../src/ui/admin/AdminPage";
import { FakeServer, page } from "../fake-server";
import { fov, job, project } from "./samples";
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

describe("jobs", () => {
  it("start from the project's figures and may name FOVs", async () => {
    server.on("GET /projects/1/jobs", page()).on("POST /projects/1/jobs", job());
    const { user } = open("jobs");
    const form = within(await screen.findByRole("form", { name: "New job" }));
    await user.type(form.getByLabelText("Name"), "First pass");
    await user.clear(form.getByLabelText("Annotators per crop"));
    await user.type(form.getByLabelText("Annotators per crop"), "2");
    await user.click(await form.findByLabelText("spleen-1"));
    await user.selectOptions(form.getByLabelText("Begin on accepted FOVs with"), "proposal");
    await user.click(form.getByRole("button", { name: "Create job" }));
    await waitFor(() => expect(server.calls("POST /projects/1/jobs")).toHaveLength(1));
    expect(server.calls("POST /projects/1/jobs")[0]?.body).toEqual({
      name: "First pass",
      crop_size_px: 256,
      overlap: 0.25,
      redundancy: 2,
      start_from: "proposal",
      instructions: "",
      fov_ids: [3],
    });
  });

  it("take an empty field for no zero, and half a percent as it is", async () => {
    server
      .on("GET /projects/1", project({ settings: { ...project().settings, overlap: 0.125 } }))
      .on("GET /projects/1/jobs", page(job({ overlap: 0.125 })))
      .on("POST /projects/1/jobs", job());
    const { user } = open("jobs");
    expect(await screen.findByText("256 px, 12.5 % overlap, ×1")).toBeTruthy();
    const form = within(screen.getByRole("form", { name: "New job" }));
    const overlap = form.getByLabelText<HTMLInputElement>("Overlap (%)");
    expect(overlap.value).toBe("12.5");
    await user.type(form.getByLabelText("Name"), "First pass");
    await user.clear(overlap);
    await user.click(form.getByRole("button", { name: "Create job" }));
    expect(form.getByRole("alert").textContent).toContain("Give a number for: Overlap (%).");
    expect(server.calls("POST /projects/1/jobs")).toEqual([]);
  });

  it("offer no FOV that another job has taken, and do not begin with all instead", async () => {
    const taken = fov({ id: 3, state: "annotating" });
    const other = fov({ id: 4, name: "spleen-2", state: "ingested" });
    vi.useFakeTimers({ shouldAdvanceTime: true });
    server
      .on("GET /projects/1/jobs", page())
      .on("GET /projects/1/fovs", page(fov({ id: 3, state: "ingested" }), other))
      .on("POST /projects/1/jobs", job());
    const { user } = open("jobs");
    const form = within(await screen.findByRole("form", { name: "New job" }));
    await user.type(form.getByLabelText("Name"), "First pass");
    await user.click(await form.findByLabelText("spleen-1"));
    server.on("GET /projects/1/fovs", page(taken, other));
    await vi.advanceTimersByTimeAsync(10_100);
    await waitFor(() => expect(form.queryByLabelText("spleen-1")).toBeNull());
    await user.click(form.getByRole("button", { name: "Create job" }));
    expect((await form.findByRole("alert")).textContent).toContain("in another job by now");
    expect(server.calls("POST /projects/1/jobs")).toEqual([]);
    await user.click(form.getByLabelText("spleen-2"));
    server.on("GET /projects/1/fovs", page(taken, { ...other, state: "annotating" }));
    await user.click(form.getByRole("button", { name: "Create job" }));
    await waitFor(() => expect(form.queryByLabelText("spleen-2")).toBeNull());
    expect(server.calls("POST /projects/1/jobs")[0]?.body).toMatchObject({ fov_ids: [4] });
    vi.useRealTimers();
  });

  it("show how far they are and why they failed", async () => {
    const failed = job({
      id: 6,
      name: "Second",
      state: "failed",
      failure: "The predictor is gone.",
    });
    server.on("GET /projects/1/jobs", page(job(), failed));
    open("jobs");
    const bar = await screen.findByRole("progressbar", { name: "Progress of First pass" });
    expect(bar.getAttribute("aria-valuenow")).toBe("62");
    expect(screen.getByText("5 of 8 crops submitted")).toBeTruthy();
    expect(screen.getByText("The predictor is gone.")).toBeTruthy();
  });

  it("give each annotator a link of their own", async () => {
    server
      .on("GET /projects/1/jobs", page(job()))
      .on("POST /jobs/5/launch-tokens", { launch_token: "abc", url: "/embed/abc" });
    const { user } = open("jobs");
    await user.click(await screen.findByRole("button", { name: "Create link" }));
    expect(screen.getByRole("alert").textContent).toContain("Name the annotator first.");
    await user.type(screen.getByLabelText("Annotator for First pass"), "Ann");
    await user.click(screen.getByRole("button", { name: "Create link" }));
    const link = await screen.findByLabelText<HTMLInputElement>("Launch link of Ann");
    expect(link.value).toBe(new URL("/embed/abc", window.location.origin).href);
    expect(server.calls("POST /jobs/5/launch-tokens")[0]?.body).toEqual({ annotator: "Ann" });
    await user.click(screen.getByRole("button", { name: "Copy" }));
    expect(await screen.findByRole("button", { name: "Copied" })).toBeTruthy();

    server.on("POST /jobs/5/launch-tokens", { launch_token: "def", url: "/embed/def" });
    await user.type(screen.getByLabelText("Annotator for First pass"), "Bob");
    await user.click(screen.getByRole("button", { name: "Create link" }));
    const next = await screen.findByLabelText<HTMLInputElement>("Launch link of Bob");
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("Not allowed."));
    await user.click(screen.getByRole("button", { name: "Copy" }));
    expect(await screen.findByText("The link is selected: press Ctrl+C or ⌘C.")).toBeTruthy();
    expect([next.selectionStart, next.selectionEnd]).toEqual([0, next.value.length]);
    expect(document.activeElement).toBe(next);
  });
});
