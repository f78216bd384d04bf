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

/** One connection for the page, until the browser or another version of the page closes it. */
const connections = new WeakMap<IDBFactory, Promise<IDBDatabase>>();

/** @param factory throws where the browser refuses storage, as in a sandboxed frame. */
async function databaseOf(factory: () => IDBFactory): Promise<IDBDatabase> {
  const storage = factory();
  let connection = connections.get(storage);
  if (connection === undefined) {
    const forget = () => connections.delete(storage);
    connection = openDatabase(storage, forget);
    connections.set(storage, connection);
    connection.catch(forget);
  }
  return connection;
}

async function openDatabase(storage: IDBFactory, onGone: () => void): Promise<IDBDatabase> {
  const request = storage.open(DATABASE, 1);
  // Key: [assignment, seq]; edits of one assignment are one range, in order.
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await settled(request);
  database.onclose = onGone;
  database.onversionchange = () => {
    onGone();
    database.close();
  };
  return database;
}

/** The crash journal of one assignment in IndexedDB, which is opened with the first call. */
export function openJournal(factory: () => IDBFactory, assignmentId: number): JournalPort {
  const range = (lastSeq: number) => IDBKeyRange.bound([assignmentId, 0], [assignmentId, lastSeq]);
  const begin = async (mode: IDBTransactionMode) =>
    (await databaseOf(factory)).transaction(STORE, mode);
  return {
    read: async () => {
      const store = (await begin("readonly")).objectStore(STORE);
      return settled(store.getAll(range(Number.MAX_SAFE_INTEGER)) as IDBRequest<WireEdit[]>);
    },
    append: async (edits) => {
      const transaction = await begin("readwrite");
      const store = transaction.objectStore(STORE);
      for (const edit of edits) store.put(edit, [assignmentId, edit.seq]);
      return finished(transaction);
    },
    dropThrough: async (lastSeq) => {
      const transaction = await begin("readwrite");
      transaction.objectStore(STORE).delete(range(lastSeq));
      return finished(transaction);
    },
  };
}
