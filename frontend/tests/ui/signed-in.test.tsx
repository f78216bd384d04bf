import { act, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { AdminPage } from "../../src/ui/admin/AdminPage";
import { FakeServer, page } from "../fake-server";
import { fov, job, project } from "./samples";
import { showPage } from "./show-page";

afterEach(() => {
  vi.useRealTimers();
});

it("a page whose session has expired asks for nothing, and for all of it after the next sign-in", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = { id: 1, name: "Ada", role: "admin" };
  const server = new FakeServer()
    .on("GET /projects/1", project())
    .on("GET /projects/1/fovs", page(fov()))
    .on("GET /projects/1/jobs", page(job({ name: "First pass" })))
    .on("POST /sign-in", { token: "fresh", user });
  window.location.hash = "#/projects/1/jobs";
  const { user: person, session } = showPage(<AdminPage />, server, "admin");
  await screen.findByText("First pass");
  act(() => session.expire());
  const nAsked = server.asked.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toHaveLength(nAsked);

  server.on("GET /projects/1/jobs", page(job({ name: "Second pass" })));
  await person.type(screen.getByLabelText("Name", { selector: ".sign-in input" }), "Ada");
  await person.type(screen.getByLabelText("Password"), "secret");
  await person.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("Second pass")).toBeTruthy();
});
