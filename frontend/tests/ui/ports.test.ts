import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../src/api";
import { tellHost } from "../../src/ui/ports/host";
import { openJournal } from "../../src/ui/ports/journal";
import { savePort } from "../../src/ui/ports/save";
import { safeStore } from "../../src/ui/ports/storage";

const edit = (seq: number) => ({
  seq,
  tool: "brush",
  client_at: "2026-03-04T05:06:07Z",
  active_s: 1,
  diff: "AQ==",
  checksum: seq,
});

describe("crash journal", () => {
  beforeEach(() => {
    vi.stubGlobal("IDBKeyRange", IDBKeyRange);
    return () => vi.unstubAllGlobals();
  });

  const journal = (factory: IDBFactory, id: number) => openJournal(() => factory, id);

  it("gives edits back in order after a reload, of its own assignment only", async () => {
    const factory = new IDBFactory();
    await journal(factory, 1).append([edit(10), edit(2), edit(9)]);
    await journal(factory, 2).append([edit(1)]);
    const read = await journal(factory, 1).read();
    expect(read).toEqual([edit(2), edit(9), edit(10)]);
  });

  it("forgets what the server holds and nothing else", async () => {
    const factory = new IDBFactory();
    const [one, two] = [journal(factory, 1), journal(factory, 2)];
    await one.append([edit(1), edit(2), edit(3)]);
    await two.append([edit(1)]);
    await one.dropThrough(2);
    expect(await one.read()).toEqual([edit(3)]);
    expect(await two.read()).toEqual([edit(1)]);
  });

  it("keeps one edit under a number that is written twice", async () => {
    const held = journal(new IDBFactory(), 1);
    await held.append([edit(1)]);
    await held.append([edit(1)]);
    expect(await held.read()).toEqual([edit(1)]);
  });

  it("opens again after it could not be opened, and when another page closes it", async () => {
    const factory = new IDBFactory();
    const open = vi.spyOn(factory, "open").mockImplementationOnce(() => {
      throw new DOMException("The disk is busy.", "UnknownError");
    });
    const held = journal(factory, 1);
    await expect(held.read()).rejects.toThrow("The disk is busy.");
    await held.append([edit(1)]);
    await held.append([edit(2)]);
    expect(open).toHaveBeenCalledTimes(2);
    await new Promise((resolve) => {
      factory.deleteDatabase("cytoloop-journal").onsuccess = resolve;
    });
    await held.append([edit(3)]);
    expect(await held.read()).toEqual([edit(3)]);
  });

  it("rejects where the browser refuses storage", async () => {
    const refused = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
    const held = openJournal(refused, 1);
    await expect(held.read()).rejects.toThrow("The operation is insecure.");
    await expect(held.append([edit(1)])).rejects.toThrow("The operation is insecure.");
  });
});

describe("save port", () => {
  const outcome = (failure: unknown) =>
    savePort({ sendEdits: () => Promise.reject(failure) }, 8).send([edit(1)]);

  it("reports how far the server is", async () => {
    const sendEdits = vi.fn(async () => ({ last_seq: 3 }));
    expect(await savePort({ sendEdits }, 8).send([edit(3)])).toEqual({ kind: "saved", lastSeq: 3 });
    expect(sendEdits).toHaveBeenCalledWith(8, [edit(3)]);
  });

  it("takes a conflict as refused, with the last edit that the server holds", async () => {
    const gap = new ApiError("edit_gap", "Edit 3 is missing.", 409, { last_seq: 2 });
    expect(await outcome(gap)).toEqual({
      kind: "refused",
      code: "edit_gap",
      message: "Edit 3 is missing.",
      lastSeq: 2,
    });
    const closed = new ApiError("assignment_closed", "It was submitted.", 409, {});
    expect(await outcome(closed)).toMatchObject({ kind: "refused", lastSeq: null });
  });

  it.each([0, 429, 500, 503])("takes %i as worth another try", async (status) => {
    const failure = new ApiError("x", "Try later.", status);
    expect(await outcome(failure)).toEqual({ kind: "unreachable", message: "Try later." });
  });

  it("keeps trying while the server does not know who asks: nothing is wrong with the edits", async () => {
    const failure = new ApiError("not_signed_in", "This link has expired.", 401);
    expect(await outcome(failure)).toEqual({
      kind: "unreachable",
      message: "This link has expired.",
    });
  });

  it.each([403, 413, 422])("takes %i as final", async (status) => {
    const failure = new ApiError("invalid_input", "Bad bytes.", status);
    expect(await outcome(failure)).toEqual({
      kind: "rejected",
      code: "invalid_input",
      message: "Bad bytes.",
    });
  });
});

describe("host", () => {
  const message = { type: "cytoloop:submitted", assignment_id: 8 } as const;

  it("is told ids by postMessage", () => {
    const parent = { postMessage: vi.fn() };
    tellHost(message, { parent } as unknown as Window);
    expect(parent.postMessage.mock.calls).toEqual([[message, "*"]]);
  });

  it("is nobody when the page stands on its own", () => {
    const own = { postMessage: vi.fn() } as unknown as Window & { parent: unknown };
    own.parent = own;
    tellHost(message, own);
    expect(own.postMessage).not.toHaveBeenCalled();
  });
});

describe("text store", () => {
  it("falls back to memory where storage throws", () => {
    const store = safeStore(() => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    });
    store.set("a", "1");
    expect(store.get("a")).toBe("1");
    store.remove("a");
    expect(store.get("a")).toBeNull();
  });
});
