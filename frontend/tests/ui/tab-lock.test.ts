import { afterEach, describe, expect, it, vi } from "vitest";
import { lockTab, type TabLockPorts } from "../../src/ui/ports/tab-lock";

afterEach(() => {
  vi.useRealTimers();
});

/** Locks of one browser, as far as this page uses them, that answer after so long. */
function fakeLocks(answerMs = 0): LockManager {
  let tail: Promise<unknown> = Promise.resolve();
  let nInLine = 0;
  type Use = (lock: object | null) => Promise<unknown> | undefined;
  const request = async (_: string, { signal, ifAvailable }: LockOptions, use: Use) => {
    await new Promise((answer) => setTimeout(answer, answerMs));
    if (ifAvailable && nInLine > 0) return use(null);
    nInLine++;
    const turn = tail.then(() => (signal?.aborted ? undefined : use({})));
    tail = turn.finally(() => nInLine--);
    return turn;
  };
  return { request, query: vi.fn() } as unknown as LockManager;
}

const refusing = () => {
  throw new DOMException("Access denied", "SecurityError");
};

describe("with locks of the browser", () => {
  const tabs = (locks: LockManager): TabLockPorts => ({ locks: () => locks, channel: refusing });

  it("the first tab edits, the second learns when it may", async () => {
    const ports = tabs(fakeLocks());
    const first = await lockTab("a", ports);
    const second = await lockTab("a", ports);
    expect([first.isHeld, second.isHeld]).toEqual([true, false]);
    first.release();
    await second.freed;
    second.release();
    expect((await lockTab("a", ports)).isHeld).toBe(true);
  });

  it("a browser that is slow to answer does not make the first tab a second one", async () => {
    const lock = await lockTab("a", tabs(fakeLocks(800)));
    expect(lock.isHeld).toBe(true);
    await lock.freed;
    lock.release();
  });

  it("a second tab that goes away takes nothing with it", async () => {
    const ports = tabs(fakeLocks());
    const first = await lockTab("a", ports);
    const second = await lockTab("a", ports);
    second.release();
    first.release();
    expect((await lockTab("a", ports)).isHeld).toBe(true);
  });
});

describe("without locks", () => {
  it("tabs ask each other", async () => {
    const rooms = new Set<FakeChannel>();
    class FakeChannel {
      onmessage: ((event: { data: string }) => void) | null = null;
      constructor() {
        rooms.add(this);
      }
      postMessage(data: string) {
        for (const other of rooms) if (other !== this) other.onmessage?.({ data });
      }
      close() {
        rooms.delete(this);
      }
    }
    const ports = {
      locks: () => undefined,
      channel: () => new FakeChannel() as unknown as BroadcastChannel,
    };
    const first = await lockTab("a", ports);
    const second = await lockTab("a", ports);
    expect([first.isHeld, second.isHeld]).toEqual([true, false]);
    first.release();
    await second.freed;
    second.release();
    expect(rooms.size).toBe(0);
  });

  it("a frame that may do neither edits", async () => {
    const lock = await lockTab("a", { locks: refusing, channel: refusing });
    expect(lock.isHeld).toBe(true);
    await lock.freed;
    lock.release();
  });
});
