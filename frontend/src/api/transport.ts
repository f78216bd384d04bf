import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema";
import {
  createSender,
  exchangeWith,
  originOf,
  type Sender,
  type TransportOptions,
  WITHOUT_COOKIES,
} from "./sender";

/** JSON calls go through `json`, which knows their paths and bodies, the others through `send`. */
export interface Transport extends Sender {
  json: Client<paths>;
}

const PAGE_ROWS = 500;

type Answer<T> = { data?: T; response: Response };

/** The body of a JSON call's answer; every failure was thrown before it gets here. */
export function bodyOf<T>({ data }: Answer<T>): T {
  return data as T;
}

export function createTransport(options: TransportOptions): Transport {
  // openapi-fetch would hand failures back as values; here every caller gets them thrown, as one type.
  const json = createClient<paths>({
    baseUrl: originOf(options),
    fetch: exchangeWith(options),
    ...WITHOUT_COOKIES,
  });
  return { ...createSender(options), json };
}

interface PageQuery {
  after: number;
  limit: number;
}

/** Every row of a list that the server hands out page by page. */
export async function allItems<T>(
  page: (query: PageQuery) => Promise<Answer<{ items: T[]; next: number | null }>>,
): Promise<T[]> {
  const items: T[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const body: { items: T[]; next: number | null } = bodyOf(
      await page({ after, limit: PAGE_ROWS }),
    );
    items.push(...body.items);
    after = body.next;
  }
  return items;
}
