import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { HomePage } from "../../src/ui/home/HomePage";
import { FakeServer, refusal } from "../fake-server";
import { showPage } from "./show-page";

const admin = { id: 2, name: "Ada", role: "admin" };

async function signIn(user: ReturnType<typeof showPage>["user"], password: string) {
  await user.type(screen.getByLabelText("Name"), "Ada");
  await user.type(screen.getByLabelText("Password"), password);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

describe("sign-in", () => {
  it("opens the role's home, keeps the session for the tab, and ends it", async () => {
    const server = new FakeServer().on("POST /sign-in", { token: "t1", user: admin });
    const { user } = showPage(<HomePage />, server, null);
    await signIn(user, "correct horse");

    expect(await screen.findByText("Signed in as Ada")).toBeTruthy();
    expect(server.asked[0]?.body).toEqual({ name: "Ada", password: "correct horse" });
    expect(window.sessionStorage.getItem("cytoloop.session")).toContain('"t1"');

    await user.click(screen.getByRole("button", { name: "Sign out" }));
    expect(screen.getByRole("heading", { name: "Sign in" })).toBeTruthy();
    expect(window.sessionStorage.length).toBe(0);
  });

  it("shows why it was refused and can be tried again", async () => {
    const message = "Name or password is wrong.";
    const server = new FakeServer().on("POST /sign-in", refusal(401, "not_signed_in", message));
    const { user } = showPage(<HomePage />, server, null);
    await signIn(user, "nope");
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Sign in" }).disabled).toBe(false);
  });

  it("asks for what is missing without asking the server", async () => {
    const server = new FakeServer();
    const { user } = showPage(<HomePage />, server, null);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByRole("alert").textContent).toContain("Enter a name and a password.");
    expect(server.asked).toEqual([]);
  });
});

describe("home", () => {
  const pages = () =>
    screen
      .getAllByRole("link")
      .map((link) => link.getAttribute("href"))
      .filter((href, index, all) => all.indexOf(href) === index);

  it("links an admin to review, admin and the API", () => {
    showPage(<HomePage />, new FakeServer(), "admin");
    expect(pages()).toEqual(["/", "/review", "/admin", "/api/v1/docs"]);
  });

  it("links a reviewer to review only", () => {
    showPage(<HomePage />, new FakeServer(), "reviewer");
    expect(pages()).toEqual(["/", "/review"]);
  });

  it("tells an annotator to use the launch link", () => {
    showPage(<HomePage />, new FakeServer(), "annotator");
    expect(pages()).toEqual(["/"]);
    expect(screen.getByText(/Annotators work from a launch link/)).toBeTruthy();
  });
});
