/**
 * One tab of a browser edits an assignment; any other shows it read-only. Where the browser offers
 * neither locks nor channels (a sandboxed frame), nobody can know of another tab: the server's
 * protocol then keeps the two apart.
 */
export interface TabLock {
  readonly isHeld: boolean;
  /** Settles when the tab that holds the lock let go of it; at once for the one that has it. */
  readonly freed: Promise<void>;
  release(): void;
}

export interface TabLockPorts {
  locks: () => LockManager | undefined;
  channel: (name: string) => BroadcastChannel;
}

export const browserTabs: TabLockPorts = {
  locks: () => navigator.locks,
  channel: (name) => new BroadcastChannel(name),
};

const ANSWER_WITHIN_MS = 150;

export async function lockTab(name: string, ports: TabLockPorts = browserTabs): Promise<TabLock> {
  try {
    const locks = ports.locks();
    if (locks) return await lockWith(locks, name);
  } catch {
    // An opaque origin has no locks.
  }
  try {
    return await lockByAsking(ports.channel(name));
  } catch {
    return { isHeld: true, freed: Promise.resolve(), release: () => undefined };
  }
}

async function lockWith(locks: LockManager, name: string): Promise<TabLock> {
  return (await lockAtOnce(locks, name)) ?? waitForLock(locks, name);
}

/** The lock if nobody has it, else null, however long a busy browser takes to say so. */
function lockAtOnce(locks: LockManager, name: string): Promise<TabLock | null> {
  return new Promise((resolve, reject) => {
    const take = (lock: Lock | null) => {
      if (lock === null) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((end) =>
        resolve({ isHeld: true, freed: Promise.resolve(), release: () => end() }),
      );
    };
    locks.request(name, { ifAvailable: true }, take).catch(reject);
  });
}

/** A page that is being loaded again may find its former self still holding the lock for a moment. */
const WAIT_MS = 600;

function waitForLock(locks: LockManager, name: string): Promise<TabLock> {
  const waiting = new AbortController();
  let letGo = () => waiting.abort();
  const release = () => letGo();
  let free: () => void = () => undefined;
  const freed = new Promise<void>((settle) => {
    free = settle;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ isHeld: false, freed, release }), WAIT_MS);
    const hold = () =>
      new Promise<void>((end) => {
        clearTimeout(timer);
        letGo = end;
        // One that was told of another tab before learns so that it may begin anew.
        free();
        resolve({ isHeld: true, freed, release });
      });
    locks.request(name, { signal: waiting.signal }, hold).catch(reject);
  });
}

/** Asks whether another tab has it; one that has answers, and says when it lets go. */
function lockByAsking(channel: BroadcastChannel): Promise<TabLock> {
  return new Promise((resolve) => {
    let free: () => void = () => undefined;
    const freed = new Promise<void>((settle) => {
      free = settle;
    });
    const begin = () => {
      channel.onmessage = ({ data }) => {
        if (data === "asked") channel.postMessage("held");
      };
      const release = () => {
        channel.postMessage("freed");
        channel.close();
      };
      resolve({ isHeld: true, freed: Promise.resolve(), release });
    };
    const timer = setTimeout(begin, ANSWER_WITHIN_MS);
    channel.onmessage = ({ data }) => {
      if (data === "held") {
        clearTimeout(timer);
        resolve({ isHeld: false, freed, release: () => channel.close() });
      } else if (data === "freed") {
        free();
      }
    };
    channel.postMessage("asked");
  });
}
