import { describe, expect, it } from "vitest";
import { SaveError, type SendOutcome, type WireEdit } from "../../src/engine";
import { decodeDiff, fromBase64 } from "../../src/model";
import { expectSameBytes, FakeServer } from "./fake-server";
import { copyLabels, emptyLabels, settle, TestEditor, TestJournal } from "./test-editor";

/** An editor on cells in every other row, whose background takes many runs to flood. */
async function combed() {
  const shape = { nFrames: 1, nRows: 300, nCols: 300 };
  const labels = emptyLabels(shape);
  labels.whole_cell?.data.forEach((_, at, data) => {
    data[at] = Math.floor(at / shape.nCols) % 2 === 0 ? 0 : (at % 2) * (1 + (at % 7));
  });
  const journal = new TestJournal();
  const server = new FakeServer(labels);
  const test = await TestEditor.open({ shape, labels, journal, save: server });
  return { test: test.use("flood"), journal, server };
}

it("the bytes of a vast change are made when somebody wants them", async () => {
  const { test, journal, server } = await combed();
  const before = test.data().slice();
  test.click([0, 0]);
  await test.time.pass(40);
  expect(journal.edits.map(({ seq }) => seq)).toEqual([1]);
  test.command("history.undo");
  expect(test.editor.unsavedEdits().map(({ tool }) => tool)).toEqual(["flood", "undo"]);
  await test.editor.flush();
  expect(test.data()).toEqual(before);
  expectSameBytes(test, server, ["whole_cell"]);
});

/** An editor with one edit made, and a server that answers what it is told. */
async function withReplies(replies: (SendOutcome | "silence" | "throw")[], lastSeq = 0) {
  const sent: number[][] = [];
  const save = {
    send(edits: readonly WireEdit[]): Promise<SendOutcome> {
      sent.push(edits.map(({ seq }) => seq));
      const reply = replies.shift() ?? { kind: "saved", lastSeq: edits[edits.length - 1].seq };
      if (reply === "throw") {
        throw new Error("offline");
      }
      return reply === "silence" ? new Promise(() => {}) : Promise.resolve(reply);
    },
  };
  const journal = new TestJournal();
  const test = await TestEditor.open({ save, journal, lastSeq });
  test.use("brush").click([5, 5]);
  return { test, sent, journal };
}

describe("saving", () => {
  it("gathers edits of a moment, shows how many, and empties the journal", async () => {
    const { test, sent, journal } = await withReplies([]);
    test.click([9, 9]).click([9, 19]);
    await settle();
    expect(test.snapshot.save).toEqual({ kind: "saving", nUnsaved: 3 });
    expect(journal.edits.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await test.time.pass(300);
    expect(sent).toEqual([[1, 2, 3]]);
    expect(test.snapshot.save).toEqual({ kind: "saved" });
    expect(journal.edits).toEqual([]);
  });

  it("sends at most 500 edits and 4 MB at a time", async () => {
    const { test, sent } = await withReplies([]);
    for (let i = 0; i < 1100; i++) {
      test.command(i % 2 === 0 ? "history.undo" : "history.redo");
    }
    await test.editor.flush();
    expect(sent.map((batch) => batch.length)).toEqual([500, 500, 101]);
    expect(sent.flat()).toEqual(Array.from({ length: 1101 }, (_, i) => i + 1));
  });

  it("asks again with doubling pauses up to five minutes, for ever", async () => {
    const { test, sent } = await withReplies(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 ? "throw" : { kind: "unreachable", message: "503" },
      ),
    );
    await test.time.pass(250);
    expect(test.snapshot.save).toMatchObject({ kind: "offline", nUnsaved: 1, message: "503" });
    const pauses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const { save } = test.snapshot;
      const retryAt = save.kind === "offline" ? save.retryAt : Number.NaN;
      pauses.push(retryAt - test.time.now());
      await test.time.pass(retryAt - test.time.now());
    }
    expect(pauses.slice(0, 4)).toEqual([750, 1500, 3000, 6000]);
    expect(Math.max(...pauses)).toBe(225_000);
    expect(sent.length).toBe(13);
    test.editor.retrySave();
    expect(sent.length).toBe(14);
  });

  it("takes a server that never answers for an unreachable one", async () => {
    const { test, sent } = await withReplies(["silence"]);
    await test.time.pass(60_250);
    expect(test.snapshot.save).toMatchObject({ kind: "offline" });
    await test.time.pass(1000);
    expect(sent.length).toBe(2);
    expect(test.snapshot.save).toEqual({ kind: "saved" });
  });

  it("resends from the server's last edit after a gap", async () => {
    const gap: SendOutcome = { kind: "refused", code: "gap", message: "Missing.", lastSeq: 0 };
    const { test, sent } = await withReplies([{ kind: "saved", lastSeq: 1 }, gap]);
    await test.time.pass(300);
    test.click([9, 9]);
    await test.time.pass(300);
    expect(test.snapshot.save).toMatchObject({ kind: "offline", nUnsaved: 2 });
    await test.time.pass(1000);
    expect(sent).toEqual([[1], [2], [1, 2]]);
    expect(test.snapshot.save).toEqual({ kind: "saved" });
  });

  it("goes on after a part of a batch was taken", async () => {
    const { test, sent } = await withReplies([{ kind: "saved", lastSeq: 1 }]);
    test.click([9, 9]);
    await test.editor.flush();
    expect(sent).toEqual([[1, 2], [2]]);
  });

  it.each([
    [{ kind: "refused", code: "diverged", message: "Other labels.", lastSeq: 0 }, "diverged"],
    [{ kind: "refused", code: "gap", message: "Missing.", lastSeq: null }, "gap"],
    [{ kind: "rejected", code: "invalid_diff", message: "Malformed." }, "invalid_diff"],
    [{ kind: "saved", lastSeq: 7 }, "foreign_edits"],
    [{ kind: "saved", lastSeq: Number.NaN }, "foreign_edits"],
  ] as [SendOutcome, string][])("stops at %o and keeps every edit", async (reply, code) => {
    const { test, journal } = await withReplies([reply]);
    await test.time.pass(300);
    expect(test.snapshot.save).toMatchObject({ kind: "conflict", nUnsaved: 1, code });
    expect(test.snapshot.editable).toBe(false);
    expect(test.editor.unsavedEdits().length).toBe(1);
    expect(journal.edits.length).toBe(1);
    const before = test.data().slice();
    test.use("brush").click([20, 20]).command("history.undo").command("label.delete");
    expect(test.data()).toEqual(before);
    await expect(test.editor.flush()).rejects.toThrow(SaveError);
    test.editor.retrySave();
    await settle();
    expect(test.snapshot.save).toEqual({ kind: "saved" });
    expect(test.snapshot.editable).toBe(true);
  });

  it("says when the assignment was closed", async () => {
    const message = "This assignment was submitted.";
    const closed: SendOutcome = { kind: "refused", code: "assignment_closed", message, lastSeq: 0 };
    const { test } = await withReplies([closed]);
    await test.time.pass(300);
    expect(test.snapshot.save).toEqual({ kind: "closed", nUnsaved: 1, message });
    expect(test.snapshot.editable).toBe(false);
  });

  it("lets a flush fail when the server is away, and go through when it is back", async () => {
    const { test } = await withReplies(["throw"]);
    await expect(test.editor.flush()).rejects.toThrow("offline");
    await expect(test.editor.flush()).resolves.toBeUndefined();
    await expect(test.editor.flush()).resolves.toBeUndefined();
  });

  it("numbers on from the server's last edit", async () => {
    const { test, sent } = await withReplies([], 41);
    await test.editor.flush();
    expect(sent).toEqual([[42]]);
    expect(test.editor.lastSeq()).toBe(42);
  });

  it("stops asking when the editor is closed", async () => {
    const { test } = await withReplies(["throw"]);
    await test.time.pass(250);
    const flush = test.editor.flush();
    test.editor.dispose();
    await expect(flush).rejects.toThrow(SaveError);
    expect(test.time.nTimers).toBe(0);
  });
});

describe("an edit on the wire", () => {
  it("carries what the protocol asks for", async () => {
    const { test } = await withReplies(["throw"]);
    const [edit] = test.editor.unsavedEdits();
    expect(edit).toMatchObject({ seq: 1, tool: "brush", active_s: 0 });
    expect(edit.client_at).toBe("2030-01-01T00:00:00.000Z");
    const diff = decodeDiff(fromBase64(edit.diff));
    expect(diff.window).toEqual({ row: 4, col: 4, height: 3, width: 3 });
  });

  it("counts active time, with pauses cut at ten seconds and a clock set back as none", async () => {
    const { test } = await withReplies(["throw"]);
    const gaps = [2000, 60_000, -500_000, 1500];
    for (const gap of gaps) {
      test.time.jump(gap);
      test.pointer("pointer_move", [1, 1]);
    }
    test.click([9, 9]);
    expect(test.editor.unsavedEdits()[1].active_s).toBe(13.5);
  });
});

describe("the crash journal", () => {
  it("holds an edit of the whole image as soon as the frame with it was drawn", async () => {
    const { test, journal } = await combed();
    test.click([0, 0]);
    await settle();
    expect([test.editor.lastSeq(), journal.edits.length]).toEqual([1, 0]);
    test.time.drawFrame();
    await test.time.pass(0);
    expect(journal.edits.map(({ seq, tool }) => [seq, tool])).toEqual([[1, "flood"]]);
    expect(decodeDiff(fromBase64(journal.edits[0].diff)).runs.length).toBeGreaterThan(65_536);
  });

  it("does not wait long for a frame that does not come, and keeps the order", async () => {
    const { test, journal } = await combed();
    test.click([0, 0]).editor.setWriteMode("overwrite");
    test.use("brush", 1).click([9, 1]);
    await test.time.pass(29);
    expect(journal.edits).toEqual([]);
    await test.time.pass(1);
    expect(journal.edits.map(({ seq }) => seq)).toEqual([1, 2]);
    test.time.drawFrame();
    await test.time.pass(0);
    expect(journal.edits.length).toBe(2);
  });

  async function crashedJournal() {
    const journal = new TestJournal();
    const save = { send: () => Promise.reject(new Error("offline")) };
    const test = await TestEditor.open({ journal, save });
    test
      .use("brush", 4)
      .drag([
        [10, 10],
        [20, 30],
      ])
      .use("erase", 2)
      .click([10, 10]);
    test.command("history.undo");
    await settle();
    return { journal, data: test.data().slice() };
  }

  it("brings unsaved edits back, with undo, and saves them", async () => {
    const { journal, data } = await crashedJournal();
    const server = new FakeServer(emptyLabels({ nFrames: 2, nRows: 60, nCols: 80 }));
    const test = await TestEditor.open({ journal, save: server });
    expect(test.data()).toEqual(data);
    expect([test.snapshot.canUndo, test.snapshot.canRedo, test.snapshot.nEdits]).toEqual([
      true,
      true,
      3,
    ]);
    await test.editor.flush();
    expect(server.lastSeq).toBe(3);
    await settle();
    expect(journal.edits).toEqual([]);
  });

  it("is not replayed when the server has its edits already", async () => {
    const { journal, data } = await crashedJournal();
    const server = new FakeServer(emptyLabels({ nFrames: 2, nRows: 60, nCols: 80 }));
    server.append(journal.edits);
    const log = [...server.log];
    const labels = copyLabels(server.labels);
    const test = await TestEditor.open({ journal, save: server, labels, lastSeq: 3, log });
    await settle();
    expect([test.data(), test.snapshot.nEdits, journal.edits]).toEqual([data, 0, []]);
    test.command("history.undo");
    expect(test.area(1)).toBe(0);
  });

  it("keeps what does not fit and stops", async () => {
    const { journal } = await crashedJournal();
    const labels = emptyLabels({ nFrames: 2, nRows: 60, nCols: 80 });
    labels.whole_cell?.data.fill(9);
    const test = await TestEditor.open({ journal, labels });
    expect(test.snapshot.save).toMatchObject({ kind: "conflict", code: "journal_diverged" });
    expect(test.editor.unsavedEdits().length).toBe(3);
    test.editor.retrySave();
    expect(test.snapshot.save.kind).toBe("conflict");
    await test.editor.discardUnsaved();
    expect(journal.edits).toEqual([]);
  });

  it("keeps what another session overtook, and what has a gap", async () => {
    const { journal } = await crashedJournal();
    const log = journal.edits.slice(0, 1).map((edit) => ({ ...edit, checksum: edit.checksum ^ 1 }));
    const overtaken = await TestEditor.open({ journal, lastSeq: 1, log });
    expect(overtaken.snapshot.save).toMatchObject({ kind: "conflict" });
    expect(overtaken.editor.unsavedEdits().length).toBe(3);
    const gap = new TestJournal(journal.edits.slice(1));
    const torn = await TestEditor.open({ journal: gap });
    expect(torn.snapshot.save).toMatchObject({ kind: "conflict" });
    expect(torn.editor.unsavedEdits().length).toBe(2);
  });

  it("may fail at any time without harm, and says so", async () => {
    const journal = new TestJournal();
    journal.isBroken = true;
    const save = { send: () => Promise.reject(new Error("offline")) };
    const test = await TestEditor.open({ journal, save });
    await settle();
    expect(test.snapshot.journalWorks).toBe(false);
    test.use("brush").click([5, 5]);
    await settle();
    journal.isBroken = false;
    test.click([5, 15]);
    await settle();
    expect(test.snapshot.journalWorks).toBe(true);
    expect(journal.edits.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("is not waited for when it does not answer", async () => {
    const silent = { read: () => new Promise<never>(() => {}) };
    const journal = Object.assign(new TestJournal(), silent);
    const test = new TestEditor({ journal });
    expect(test.snapshot).toMatchObject({ phase: "opening", editable: false });
    test.use("brush").click([5, 5]).command("label.new");
    expect(test.data().every((label) => label === 0)).toBe(true);
    await test.time.pass(3000);
    expect(test.snapshot).toMatchObject({ phase: "ready", editable: true, journalWorks: false });
  });

  it("may be missing", async () => {
    const test = await TestEditor.open({ journal: null });
    test.use("brush").click([5, 5]);
    await test.editor.flush();
    await test.editor.discardUnsaved();
    expect(test.snapshot).toMatchObject({ journalWorks: false, save: { kind: "saved" } });
  });
});
