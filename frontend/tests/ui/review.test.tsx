import { act, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { ReviewPage } from "../../src/ui/review/ReviewPage";
import { FakeServer, page, refusal } from "../fake-server";
import { finding, fov, project } from "./samples";
import { showPage } from "./show-page";

const stitched = fov({ id: 3, name: "spleen-1", state: "stitched" });
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer()
    .on("GET /projects", page(project()))
    .on("GET /projects/1/fovs", page(stitched, fov({ id: 4, name: "spleen-2", state: "accepted" })))
    .on("GET /fovs/3", stitched)
    .on("GET /fovs/3/preview.png", new Response(new Blob(["png"])))
    .on(
      "GET /fovs/3/findings",
      page(
        finding({ id: 1, severity: "info", rule: "holes", row: 5, col: 6 }),
        finding({
          id: 2,
          severity: "error",
          rule: "seam",
          row: 50,
          col: 149,
          message: "Cut straight.",
        }),
      ),
    )
    .on("GET /fovs/3/stitch-report", {
      revision_id: 7,
      report: {
        job_id: 1,
        compartments: {
          nuclear: { n_instances: 210, n_merges: 18, n_conflicts: 2, n_conflict_px: 44 },
        },
      },
    });
});

describe("list of FOVs", () => {
  it("puts those that wait for review before the others", async () => {
    showPage(<ReviewPage />, server, "reviewer");
    const waiting = await screen.findByRole("region", { name: "Waiting for review" });
    expect(within(waiting).getByRole("link", { name: "spleen-1" }).getAttribute("href")).toBe(
      "#/fovs/3",
    );
    expect(within(waiting).queryByText("spleen-2")).toBeNull();
    const others = screen.getByRole("region", { name: "Other FOVs" });
    expect(within(others).getByText("Accepted", { selector: ".pill" })).toBeTruthy();
  });

  it("stays with the chosen project, also after an FOV of it", async () => {
    const other = project({ id: 2, name: "Tonsil", counts: { ...project().counts, fovs: {} } });
    const tonsil = fov({ id: 8, project_id: 2, name: "tonsil-1", state: "accepted" });
    server
      .on("GET /projects", page(project(), other))
      .on("GET /projects/2/fovs", page(tonsil))
      .on("GET /fovs/8", tonsil)
      .on("GET /fovs/8/preview.png", new Response(new Blob(["png"])))
      .on("GET /fovs/8/findings", page())
      .on("GET /fovs/8/stitch-report", refusal(404, "not_found", "None."));
    const { user } = showPage(<ReviewPage />, server, "reviewer");
    await screen.findByRole("link", { name: "spleen-1" });
    await user.selectOptions(screen.getByLabelText("Project"), "Tonsil");
    await screen.findByRole("link", { name: "tonsil-1" });
    expect(window.location.hash).toBe("#/projects/2");
    act(() => {
      window.location.hash = "#/fovs/8";
    });
    await screen.findByRole("heading", { name: /^tonsil-1/ });
    expect(screen.getByRole("link", { name: /All FOVs/ }).getAttribute("href")).toBe(
      "#/projects/2",
    );
  });

  it("says when nothing waits", async () => {
    server.on("GET /projects/1/fovs", page());
    showPage(<ReviewPage />, server, "reviewer");
    expect(await screen.findByText("Nothing waits for review")).toBeTruthy();
  });

  it("says when there is no project", async () => {
    server.on("GET /projects", page());
    showPage(<ReviewPage />, server, "reviewer");
    expect(await screen.findByText("There are no projects yet")).toBeTruthy();
  });

  it("shows a failure and loads again on request", async () => {
    server.on("GET /projects", refusal(503, "storage_unavailable", "The storage did not answer."));
    const { user } = showPage(<ReviewPage />, server, "reviewer");
    expect((await screen.findByRole("alert")).textContent).toContain("The storage did not answer.");
    server.on("GET /projects", page(project()));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("spleen-1")).toBeTruthy();
  });

  it("asks to sign in again when the token has expired", async () => {
    server.on("GET /projects", refusal(401, "not_signed_in", "The token has expired."));
    showPage(<ReviewPage />, server, "reviewer");
    expect(
      await screen.findByText("Your session has ended. Sign in again to continue."),
    ).toBeTruthy();
  });

  it("is closed to annotators", () => {
    showPage(<ReviewPage />, server, "annotator");
    expect(screen.getByText("This page is not for your role")).toBeTruthy();
    expect(server.asked).toEqual([]);
  });
});

describe("one FOV", () => {
  const open = () => {
    window.location.hash = "#/fovs/3";
    return showPage(<ReviewPage />, server, "reviewer");
  };

  it("shows the picture with labels, and without them on request", async () => {
    const { user } = open();
    expect(await screen.findByRole("img", { name: "Picture of spleen-1" })).toBeTruthy();
    await user.click(screen.getByLabelText("Show labels"));
    await screen.findByRole("img", { name: "Picture of spleen-1" });
    const asked = server.calls("GET /fovs/3/preview.png").map(({ search }) => search);
    expect(asked).toEqual(["?labels=1&size=1024", "?labels=0&size=1024"]);
    await user.click(screen.getByLabelText("Show labels"));
    await user.click(screen.getByLabelText("Show labels"));
    expect(screen.getByRole("img", { name: "Picture of spleen-1" })).toBeTruthy();
    expect(server.calls("GET /fovs/3/preview.png")).toHaveLength(2);
  });

  it("lists the gravest finding first and marks its place on the picture", async () => {
    const { user } = open();
    await screen.findByRole("img", { name: "Picture of spleen-1" });
    const table = await screen.findByRole("table", { name: "Findings of the automatic checks" });
    const [, first] = within(table).getAllByRole("row");
    expect(first?.textContent).toContain("seam");
    expect(screen.queryByTestId("mark")).toBeNull();

    await user.click(
      screen.getByRole("button", { name: "Show row 50, column 149 on the picture" }),
    );
    const { left, top } = screen.getByTestId("mark").style;
    expect([left, top]).toEqual(["74.75%", "50.5%"]);
    expect(first?.getAttribute("aria-selected")).toBe("true");
  });

  it("filters findings by severity", async () => {
    const { user } = open();
    await user.click(await screen.findByRole("button", { name: "Info (1)" }));
    expect(screen.queryByText("seam")).toBeNull();
    expect(screen.getByText("holes")).toBeTruthy();
  });

  it("summarises the stitch report", async () => {
    open();
    const table = await screen.findByRole("table", { name: "Stitch report by compartment" });
    expect(within(table).getByText("Nucleus")).toBeTruthy();
    expect(within(table).getByText("44")).toBeTruthy();
  });

  it("does without a stitch report", async () => {
    server.on(
      "GET /fovs/3/stitch-report",
      refusal(404, "not_found", "FOV 3 has no stitch report."),
    );
    open();
    expect(await screen.findByText("These labels were not stitched from crops.")).toBeTruthy();
  });

  it("accepts the revision that was looked at", async () => {
    server.on("POST /fovs/3/reviews", { id: 1 });
    const { user } = open();
    await user.click(await screen.findByRole("button", { name: "Accept" }));
    expect(await screen.findByText("Accepted. It joins the next dataset version.")).toBeTruthy();
    expect(server.calls("POST /fovs/3/reviews")[0]?.body).toEqual({
      decision: "accepted",
      revision_id: 7,
      notes: "",
    });
    expect(server.calls("GET /fovs/3")).toHaveLength(2);
  });

  it("returns it with notes", async () => {
    server.on("POST /fovs/3/reviews", { id: 1 });
    const { user } = open();
    await user.type(await screen.findByLabelText("Notes"), " Split the pair. ");
    await user.click(screen.getByRole("button", { name: "Return" }));
    expect(await screen.findByText("Returned to the annotators.")).toBeTruthy();
    expect(server.calls("POST /fovs/3/reviews")[0]?.body).toEqual({
      decision: "returned",
      revision_id: 7,
      notes: "Split the pair.",
    });
  });

  it("returns nothing without notes", async () => {
    const { user } = open();
    await user.click(await screen.findByRole("button", { name: "Return" }));
    expect(screen.getByRole("alert").textContent).toContain("Say in the notes");
    expect(server.calls("POST /fovs/3/reviews")).toEqual([]);
  });

  it("keeps the notes when the server refuses the decision", async () => {
    server.on(
      "POST /fovs/3/reviews",
      refusal(409, "wrong_state", "The FOV holds a newer revision."),
    );
    const { user } = open();
    await user.type(await screen.findByLabelText("Notes"), "Split the pair.");
    await user.click(screen.getByRole("button", { name: "Return" }));
    expect((await screen.findByRole("alert")).textContent).toContain("a newer revision");
    expect(screen.getByLabelText<HTMLTextAreaElement>("Notes").value).toBe("Split the pair.");
  });

  it("keeps the notes when the session has expired, for the same reviewer only", async () => {
    const { user, session } = open();
    await user.type(await screen.findByLabelText("Notes"), "Split the pair.");
    const expired = refusal(401, "not_signed_in", "The token has expired.");
    server.on("POST /fovs/3/reviews", expired);
    const signIn = async (id: number) => {
      const token = { token: "fresh", user: { id, name: "Ada", role: "reviewer" } };
      server.on("POST /sign-in", token).on("POST /fovs/3/reviews", expired);
      await user.type(await screen.findByLabelText("Name"), "Ada");
      await user.type(screen.getByLabelText("Password"), "secret");
      await user.click(screen.getByRole("button", { name: "Sign in" }));
    };
    await user.click(screen.getByRole("button", { name: "Return" }));
    await screen.findByText("Your session has ended. Sign in again to continue.");
    expect(screen.queryByRole("button", { name: "Return" })).toBeNull();
    await signIn(1);
    const notes = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Notes" });
    expect(notes.value).toBe("Split the pair.");
    act(() => session.expire());
    await signIn(2);
    expect((await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Notes" })).value).toBe(
      "",
    );
  });

  it("shows the labels of the moment when others had been looked at", async () => {
    const { user } = open();
    await screen.findByRole("button", { name: "Accept" });
    const { current_revision } = stitched;
    const next = current_revision && { ...current_revision, id: 9, counts: { nuclear: 333 } };
    server
      .on("POST /fovs/3/reviews", refusal(409, "conflict", "It has other labels now."))
      .on("GET /fovs/3", { ...stitched, current_revision: next });
    await user.click(screen.getByRole("button", { name: "Accept" }));
    expect((await screen.findByRole("alert")).textContent).toContain("other labels now");
    expect(await screen.findByText("333")).toBeTruthy();
    server.on("POST /fovs/3/reviews", { id: 1 });
    await user.click(screen.getByRole("button", { name: "Accept" }));
    await screen.findByText("Accepted. It joins the next dataset version.");
    expect(server.calls("POST /fovs/3/reviews").at(-1)?.body).toMatchObject({ revision_id: 9 });
  });

  it("offers no decision on an FOV that is not stitched", async () => {
    server.on("GET /fovs/3", fov({ id: 3, name: "spleen-1", state: "annotating" }));
    open();
    expect(
      await screen.findByText("This FOV is not open for review. Its state: Annotating."),
    ).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Accept" })).toBeNull();
  });
});

describe("an FOV that could not be stitched", () => {
  const failure = { message: "No space left.", at: "2026-03-04T05:06:07Z", attempts: 3 };
  const failed = fov({
    id: 3,
    state: "annotating",
    stitch_failure: { ...failure, given_up: true },
  });

  beforeEach(() => {
    server.on("GET /projects/1/fovs", page(failed)).on("GET /fovs/3", failed);
  });

  it("says so in the list", async () => {
    showPage(<ReviewPage />, server, "reviewer");
    expect(await screen.findByText("Stitching failed 3 times: No space left.")).toBeTruthy();
  });

  it("waits for an admin, who tries again", async () => {
    server.on("POST /fovs/3/stitch", stitched);
    window.location.hash = "#/fovs/3";
    const { user } = showPage(<ReviewPage />, server, "admin");
    const banner = await screen.findByText(/Stitching failed 3 times: No space left\./);
    expect(banner.textContent).toContain("It waits for an administrator to try it again.");
    server.on("GET /fovs/3", fov({ id: 3, state: "annotating" }));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/Stitching was asked for\./)).toBeTruthy();
    expect(server.calls("POST /fovs/3/stitch")).toHaveLength(1);
  });

  it("offers reviewers no button, and says when it goes on by itself", async () => {
    const once = { ...failure, attempts: 1, given_up: false };
    server.on("GET /fovs/3", fov({ id: 3, state: "annotating", stitch_failure: once }));
    window.location.hash = "#/fovs/3";
    showPage(<ReviewPage />, server, "reviewer");
    const banner = await screen.findByText(/Stitching failed: No space left\./);
    expect(banner.textContent).toContain("It is tried again by itself.");
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  it("says why another try is refused", async () => {
    const message = "FOV 3 is stitched and does not wait to be stitched.";
    server.on("POST /fovs/3/stitch", refusal(409, "conflict", message));
    window.location.hash = "#/fovs/3";
    const { user } = showPage(<ReviewPage />, server, "admin");
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText(message)).toBeTruthy();
  });
});
