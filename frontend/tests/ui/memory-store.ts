import { safeStore, type TextStore } from "../../src/ui/ports/storage";

/** A store of a browser that refuses storage: it holds what it is given until the page goes. */
export function memoryStore(): TextStore {
  return safeStore(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
}
