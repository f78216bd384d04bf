import type { JournalPort, WireEdit } from "../../engine";

const DATABASE = "cytoloop-journal";
const STORE = "edits";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  // Key: [assignment, seq]; edits of one assignment are one range, in order.
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

/**
 * The crash journal of one assignment in IndexedDB, or null where the browser refuses storage
 * (a sandboxed frame throws on the mere access).
 */
export async function openJournal(
  factory: () => IDBFactory,
  assignmentId: number,
): Promise<JournalPort | null> {
  try {
    return journalOn(await openDatabase(factory()), assignmentId);
  } catch {
    return null;
  }
}

function journalOn(database: IDBDatabase, assignmentId: number): JournalPort {
  const range = (lastSeq: number) => IDBKeyRange.bound([assignmentId, 0], [assignmentId, lastSeq]);
  return {
    read: () => {
      const store = database.transaction(STORE, "readonly").objectStore(STORE);
      return settled(store.getAll(range(Number.MAX_SAFE_INTEGER)) as IDBRequest<WireEdit[]>);
    },
    append: (edits) => {
      const transaction = database.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      for (const edit of edits) store.put(edit, [assignmentId, edit.seq]);
      return finished(transaction);
    },
    dropThrough: (lastSeq) => {
      const transaction = database.transaction(STORE, "readwrite");
      transaction.objectStore(STORE).delete(range(lastSeq));
      return finished(transaction);
    },
  };
}
