import { expect, it } from "vitest";
import type { SavePort, WireEdit } from "../../src/engine";
import { FakeServer } from "./fake-server";
import { copyLabels, emptyLabels, settle, TestEditor, TestJournal } from "./test-editor";

const SHAPE = { nFrames: 2, nRows: 60, nCols: 80 };
const OFFLINE: SavePort = { send: () => Promise.reject(new Error("offline")) };

/** A journal whose storage answers when it is told to. */
class SlowJournal extends TestJournal {
  private open: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  override async read(): Promise<readonly WireEdit[]> {
    await this.opened;
    return super.read();
  }

  async answer(): Promise<void> {
    this.open();
    await settle();
  }
}

/** What a visit left behind that ended without reaching the server: three strokes. */
async function leftBehind(): Promise<{ edits: WireEdit[]; data: Uint32Array }> {
  const journal = new TestJournal();
  const test = await TestEditor.open({ journal, save: OFFLINE });
  test.use("brush", 3);
  for (const col of [10, 30, 50]) {
    test.command("label.new").click([20, col]);
  }
  await settle();
  return { edits: journal.edits, data: test.data().slice() };
}

/** A visit that began before its storage answered. */
async function begun(journal: SlowJournal, save: SavePort) {
  const test = new TestEditor({ journal, save });
  await test.time.pass(3000);
  expect(test.snapshot).toMatchObject({ phase: "ready", journalWorks: false });
  test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
  return test;
}

const server = () => new FakeServer(emptyLabels(SHAPE));

it("what a former visit left comes back as soon as storage answers, and is saved", async () => {
  const { edits, data } = await leftBehind();
  const journal = new SlowJournal(edits);
  const save = server();
  const test = await begun(journal, save);
  await journal.answer();
  expect(test.data()).toEqual(data);
  expect(test.snapshot).toMatchObject({ nRestored: 3, canUndo: true, journalWorks: true });
  await test.editor.flush();
  await settle();
  expect([save.lastSeq, journal.edits]).toEqual([3, []]);
});

it("a stroke under way gives way to it", async () => {
  const { edits, data } = await leftBehind();
  const journal = new SlowJournal(edits);
  const test = await begun(journal, server());
  test.use("brush", 3).pointer("pointer_down", [20, 10]).pointer("pointer_move", [20, 40]);
  await journal.answer();
  test.pointer("pointer_up", [20, 40]);
  expect(test.data()).toEqual(data);
  expect(test.snapshot).toMatchObject({ nRestored: 3, nEdits: 3 });
});

it("nothing of it is overwritten or dropped by edits of this visit: these are saved, then it is told", async () => {
  const { edits } = await leftBehind();
  const journal = new SlowJournal(edits);
  const save = server();
  const test = await begun(journal, save);
  test.use("brush", 2).click([40, 40]);
  await test.time.pass(1000);
  expect([save.lastSeq, journal.edits]).toEqual([1, edits]);
  test.command("label.new").click([50, 60]);
  await journal.answer();
  await settle();
  expect(test.snapshot.save).toMatchObject({ kind: "conflict", nUnsaved: 3 });
  expect([save.lastSeq, journal.edits]).toEqual([2, edits]);
  expect(test.editor.unsavedEdits()).toEqual(edits);

  const again = new TestEditor({ journal, save, lastSeq: 2, log: save.log, labels: save.labels });
  await again.editor.ready;
  expect(again.snapshot.save).toMatchObject({ kind: "conflict", nUnsaved: 3 });
  expect(again.editor.unsavedEdits()).toEqual(edits);
  await again.editor.discardUnsaved();
  expect(journal.edits).toEqual([]);
});

it("nor is it dropped when the server holds other edits under its numbers", async () => {
  const { edits } = await leftBehind();
  const save = server();
  const other = await TestEditor.open({ save });
  for (const row of [20, 30, 40, 50]) {
    other.use("brush", 2).command("label.new").click([row, 70]);
  }
  await other.editor.flush();
  expect(save.lastSeq).toBe(4);
  const journal = new SlowJournal(edits);
  const held = { lastSeq: 4, log: [...save.log], labels: copyLabels(save.labels) };
  const test = new TestEditor({ journal, save, ...held });
  await test.time.pass(3000);
  test.editor.setCamera({ zoom: 1, left: 0, top: 0 });
  test.use("brush", 2).command("label.new").click([10, 10]);
  await test.time.pass(1000);
  await journal.answer();
  await settle();
  expect([save.lastSeq, journal.edits]).toEqual([5, edits]);
  expect(test.snapshot.save).toMatchObject({ kind: "conflict", nUnsaved: 3 });
  expect(test.editor.unsavedEdits()).toEqual(edits);
});

it("sending stays stopped, also when the server did not take the batch that was under way", async () => {
  const { edits } = await leftBehind();
  const journal = new SlowJournal(edits);
  const replies: ((lastSeq: number) => Promise<void>)[] = [];
  const test = await begun(journal, {
    send: () =>
      new Promise((resolve) => {
        replies.push((lastSeq) => {
          resolve({ kind: "saved", lastSeq });
          return settle();
        });
      }),
  });
  test.use("brush", 2).click([40, 40]);
  await test.time.pass(300);
  await journal.answer();
  test.click([40, 50]);
  await replies[0](1);
  expect([replies.length, test.snapshot.save.kind]).toEqual([2, "conflict"]);
  await replies[1](1);
  await test.time.pass(10_000);
  expect(replies).toHaveLength(2);
  expect(test.snapshot.save).toMatchObject({ kind: "conflict", nUnsaved: 4 });
});

it("what cannot be sent either is kept beside it for the download", async () => {
  const { edits } = await leftBehind();
  const journal = new SlowJournal(edits);
  const test = await begun(journal, OFFLINE);
  test.use("brush", 2).click([40, 40]);
  await journal.answer();
  await test.time.pass(1000);
  expect(test.snapshot).toMatchObject({
    save: { kind: "conflict", nUnsaved: 4 },
    journalWorks: false,
  });
  expect(test.editor.unsavedEdits()).toHaveLength(4);
  expect(journal.edits).toEqual(edits);
});

it("edits of this visit go to a journal that turns out to be empty", async () => {
  const journal = new SlowJournal();
  const test = await begun(journal, OFFLINE);
  test.use("brush", 2).click([40, 40]).command("label.new").click([10, 10]);
  await settle();
  expect([journal.edits, test.snapshot.journalWorks]).toEqual([[], false]);
  await journal.answer();
  expect(journal.edits.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(test.snapshot.journalWorks).toBe(true);
});

it("storage that fails to be read is asked again before anything is written", async () => {
  const { edits } = await leftBehind();
  const journal = new TestJournal(edits);
  journal.isBroken = true;
  const save = server();
  const test = await TestEditor.open({ journal, save });
  expect(test.snapshot.nRestored).toBe(0);
  journal.isBroken = false;
  test.use("brush", 2).click([40, 40]);
  await test.time.pass(1000);
  expect([save.lastSeq, journal.edits]).toEqual([1, edits]);
  expect(test.editor.unsavedEdits()).toEqual(edits);
});

it("a crop that is left before storage answers leaves what it holds alone", async () => {
  const { edits } = await leftBehind();
  const journal = new SlowJournal(edits);
  const test = await begun(journal, server());
  test.use("brush", 2).click([40, 40]);
  await test.editor.flush();
  await test.editor.discardUnsaved();
  test.editor.dispose();
  await journal.answer();
  expect(journal.edits).toEqual(edits);
});

it("a journal that once refused an edit works again only when it holds that edit", async () => {
  const journal = new TestJournal();
  let arrive: (seq: number) => void = () => undefined;
  const save: SavePort = {
    send: () =>
      new Promise((resolve) => {
        arrive = (lastSeq) => resolve({ kind: "saved", lastSeq });
      }),
  };
  const test = await TestEditor.open({ journal, save });
  test.use("brush", 2).click([10, 10]);
  await test.time.pass(300);
  const { append } = journal;
  journal.append = () => Promise.reject(new Error("The quota is exceeded."));
  test.click([10, 30]);
  await settle();
  expect(test.snapshot.journalWorks).toBe(false);
  arrive(1);
  await settle();
  expect(test.snapshot.journalWorks).toBe(false);
  journal.append = append;
  test.click([10, 50]);
  await settle();
  expect(test.snapshot.journalWorks).toBe(true);
  expect(journal.edits.map(({ seq }) => seq)).toEqual([2, 3]);
});
