import { describe, expect, it, vi } from "vitest";
import {
  ApiError,
  createAdminApi,
  createAnnotatorApi,
  createReviewerApi,
  createSignInApi,
  createTransport,
} from "../../src/api";
import { FakeServer, page, refusal } from "../fake-server";

const failureOf = (promise: Promise<unknown>): Promise<ApiError> =>
  promise.then(
    () => expect.unreachable("the call should have failed"),
    (failure) => failure,
  );

describe("transport", () => {
  it("sends the bearer token and no token before sign-in", async () => {
    const server = new FakeServer().on("GET /me", { id: 1, name: "Ada", role: "admin" });
    const api = createSignInApi(server.transport());
    await api.me();
    server.token = null;
    await api.me();
    expect(server.asked.map(({ authorization }) => authorization)).toEqual([
      "Bearer held-token",
      null,
    ]);
  });

  it("throws the server's code, message and detail as one type of error", async () => {
    const server = new FakeServer().on(
      "GET /me",
      refusal(403, "not_allowed", "Ask an admin.", { a: 1 }),
    );
    const error = await failureOf(createSignInApi(server.transport()).me());
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: "not_allowed",
      message: "Ask an admin.",
      status: 403,
      detail: { a: 1 },
      isTransient: false,
    });
  });

  it("calls an answer that the application did not write unexpected, and worth a second try", async () => {
    const server = new FakeServer().on(
      "GET /me",
      new Response("<h1>Bad gateway</h1>", { status: 502 }),
    );
    const error = await failureOf(createSignInApi(server.transport()).me());
    expect(error).toMatchObject({ code: "unexpected_answer", status: 502, isTransient: true });
    expect(error.message).toBe(
      "The server answered 502 without an explanation. Try again in a moment.",
    );
  });

  it("says when the server cannot be reached", async () => {
    const server = new FakeServer();
    server.online = false;
    const error = await failureOf(createSignInApi(server.transport()).me());
    expect(error).toMatchObject({ code: "offline", status: 0, isTransient: true });
    expect(error.message).toBe(
      "The server cannot be reached. Check the connection, then try again.",
    );
  });

  it("says so, too, when the connection breaks while an answer comes", async () => {
    const broken = new Response("half of it");
    broken.arrayBuffer = () => Promise.reject(new TypeError("network error"));
    const fetch = async () => broken;
    const transport = createTransport({ token: () => null, baseUrl: "http://lab.test", fetch });
    const api = createAnnotatorApi(transport);
    expect(await failureOf(api.labels(8))).toMatchObject({ code: "offline", isTransient: true });
    const again = createAnnotatorApi(
      createTransport({
        token: () => null,
        baseUrl: "http://lab.test",
        fetch: async () => new Response("<h1>A portal</h1>"),
      }),
    );
    await expect(again.marks(8)).rejects.toThrow(SyntaxError);
  });

  it("reports a refused token", async () => {
    const onSignedOut = vi.fn();
    const server = new FakeServer().on("GET /me", refusal(401, "not_signed_in", "Sign in again."));
    await failureOf(createSignInApi(server.transport(onSignedOut)).me());
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  it("renews a refused token once and sends the same body again", async () => {
    const server = new FakeServer().when("POST /projects", ({ authorization, body }) =>
      authorization === "Bearer fresh"
        ? (body as object)
        : refusal(401, "not_signed_in", "The token has expired."),
    );
    const renew = vi.fn(async () => {
      server.token = "fresh";
      return true;
    });
    const project = await createAdminApi(server.transport(undefined, renew)).createProject(
      "Spleen",
    );
    expect(project).toEqual({ name: "Spleen" });
    expect(renew).toHaveBeenCalledOnce();
  });

  it("does not end the session that began while an old call was under way", async () => {
    let answer: (response: Response) => void = () => undefined;
    const server = new FakeServer().when(
      "GET /projects",
      () => new Promise<Response>((resolve) => (answer = resolve)),
    );
    const onSignedOut = vi.fn();
    const failure = failureOf(createAdminApi(server.transport(onSignedOut)).projects());
    await vi.waitFor(() => expect(server.asked).toHaveLength(1));
    server.token = "that of the next session";
    answer(refusal(401, "not_signed_in", "The token has expired."));
    expect(await failure).toMatchObject({ status: 401 });
    expect(onSignedOut).not.toHaveBeenCalled();
  });

  it("renews nothing for a launch that is refused: an expired link is asked once", async () => {
    const server = new FakeServer()
      .on("POST /assignments/8/edits", refusal(401, "not_signed_in", "The token has expired."))
      .on("POST /launches", refusal(401, "not_signed_in", "The link has expired."));
    const renew = vi.fn(async () => {
      await api.launch("old link");
      return true;
    });
    const api = createAnnotatorApi(server.transport(undefined, renew));
    const error = await failureOf(api.sendEdits(8, []));
    expect(error.message).toBe("The link has expired.");
    expect([renew.mock.calls.length, server.calls("POST /launches").length]).toEqual([1, 1]);
  });

  it("gives up when the renewed token is refused too", async () => {
    const server = new FakeServer().on("GET /me", refusal(401, "not_signed_in", "No."));
    const error = await failureOf(
      createSignInApi(server.transport(undefined, async () => true)).me(),
    );
    expect(error.status).toBe(401);
    expect(server.asked).toHaveLength(2);
  });
});

describe("lists", () => {
  it("follows the pages to the last one", async () => {
    const server = new FakeServer().when("GET /projects", ({ search }) => {
      const after = Number(new URLSearchParams(search).get("after"));
      return { items: [{ id: after + 1 }], next: after < 2 ? after + 1 : null };
    });
    const projects = await createReviewerApi(server.transport()).projects();
    expect(projects.map(({ id }) => id)).toEqual([1, 2, 3]);
  });
});

describe("files", () => {
  it("uploads a form without the fields that are empty", async () => {
    const server = new FakeServer().on("POST /projects/4/fovs", { id: 9, name: "a.tif" });
    const file = new File([new Uint8Array([1, 2, 3])], "a.tif");
    await createAdminApi(server.transport()).upload(4, { file, axes: "CYX", nuclear: "" });
    const form = server.asked[0]?.body as FormData;
    expect([...form.keys()]).toEqual(["file", "axes"]);
    expect((form.get("file") as File).name).toBe("a.tif");
    expect(form.get("axes")).toBe("CYX");
  });

  it("asks for a preview of the wanted size with or without labels", async () => {
    const server = new FakeServer().on("GET /fovs/3/preview.png", new Response(new Blob(["png"])));
    const api = createReviewerApi(server.transport());
    await api.preview(3, { labels: true, size: 512 });
    await api.preview(3, { labels: false, size: 1024 });
    expect(server.asked.map(({ search }) => search)).toEqual([
      "?labels=1&size=512",
      "?labels=0&size=1024",
    ]);
    expect(server.asked[0]?.authorization).toBe("Bearer held-token");
  });

  it("reads every page of findings", async () => {
    const server = new FakeServer().on("GET /fovs/3/findings", page({ id: 1 }, { id: 2 }));
    expect(await createReviewerApi(server.transport()).findings(3)).toEqual([{ id: 1 }, { id: 2 }]);
  });
});
