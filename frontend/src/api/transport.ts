import createClient, { type Client } from "openapi-fetch";
import { type ApiError, errorOfResponse, offlineError } from "./errors";
import type { paths } from "./schema";

export interface TransportOptions {
  /** The bearer token of the moment, or null before sign-in. */
  token: () => string | null;
  /** Called when the server refuses the token; the page then asks to sign in again. */
  onSignedOut?: (error: ApiError) => void;
  /**
   * Gets a fresh token when the server refused the last one; the refused call is then sent once more.
   * Never asked for a call that itself begins a session. What it throws is what the call fails with.
   */
  renew?: () => Promise<boolean>;
  baseUrl?: string;
  fetch?: (request: Request) => Promise<Response>;
}

/** How every call of this layer reaches the server; JSON calls go through `json`, the others through `send`. */
export interface Transport {
  json: Client<paths>;
  send(path: string, init?: RequestInit): Promise<Response>;
}

const WITHOUT_COOKIES: RequestInit = { credentials: "omit", cache: "no-store" };

const PAGE_ROWS = 500;

/** Calls that give a token: refusing them says nothing of the one that is held. */
const BEGINS_SESSION = /\/(launches|sign-in)$/;

type Answer<T> = { data?: T; response: Response };

/** The body of a JSON call's answer; every failure was thrown before it gets here. */
export function bodyOf<T>({ data }: Answer<T>): T {
  return data as T;
}

export function createTransport(options: TransportOptions): Transport {
  const doFetch = options.fetch ?? ((request: Request) => fetch(request));
  const origin = options.baseUrl ?? globalThis.location.origin;

  const authorize = (request: Request): Request => {
    const token = options.token();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  };

  const answerOf = async (request: Request): Promise<Response> => {
    try {
      return await doFetch(authorize(request));
    } catch (failure) {
      if (request.signal.aborted) throw failure;
      throw offlineError();
    }
  };

  const exchange = async (request: Request): Promise<Response> => {
    const mayRenew = options.renew && !BEGINS_SESSION.test(new URL(request.url).pathname);
    const again = mayRenew ? request.clone() : null;
    let response = await answerOf(request);
    if (response.status === 401 && again && (await options.renew?.())) {
      response = await answerOf(again);
    }
    if (response.ok) return response;
    const error = await errorOfResponse(response);
    if (error.status === 401) options.onSignedOut?.(error);
    throw error;
  };

  // openapi-fetch would hand failures back as values; here every caller gets them thrown, as one type.
  const json = createClient<paths>({ baseUrl: origin, fetch: exchange, ...WITHOUT_COOKIES });

  const send = (path: string, init?: RequestInit) =>
    exchange(new Request(new URL(`/api/v1${path}`, origin), { ...WITHOUT_COOKIES, ...init }));
  return { json, send };
}

/** The bytes of an answer; a connection that breaks while they come is one that gives no answer. */
export function bytesOf(response: Response): Promise<ArrayBuffer> {
  return whole(response.arrayBuffer());
}

/** The body of a JSON answer, as `bytesOf`. */
export function jsonOf<T>(response: Response): Promise<T> {
  return whole(response.json());
}

async function whole<T>(body: Promise<T>): Promise<T> {
  try {
    return await body;
  } catch (failure) {
    throw failure instanceof TypeError ? offlineError() : failure;
  }
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
