import { type ApiError, errorOfResponse, offlineError } from "./errors";

export interface TransportOptions {
  /** The bearer token of the moment, or null before sign-in. */
  token: () => string | null;
  /** Called when the server refuses the token that is held; the page then asks to sign in again. */
  onSignedOut?: (error: ApiError) => void;
  /**
   * Gets a fresh token when the server refused the last one; the refused call is then sent once more.
   * Never asked for a call that itself begins a session. What it throws is what the call fails with.
   */
  renew?: () => Promise<boolean>;
  baseUrl?: string;
  fetch?: (request: Request) => Promise<Response>;
}

/** How a page reaches the server. */
export interface Sender {
  send(path: string, init?: RequestInit): Promise<Response>;
}

export const WITHOUT_COOKIES: RequestInit = { credentials: "omit", cache: "no-store" };

/** Calls that give a token: refusing them says nothing of the one that is held. */
const BEGINS_SESSION = /\/(launches|sign-in)$/;

export const originOf = ({ baseUrl }: TransportOptions) => baseUrl ?? globalThis.location.origin;

/** Sends one request with the token of the moment; whatever is no 2xx answer is thrown. */
export function exchangeWith(options: TransportOptions): (request: Request) => Promise<Response> {
  const doFetch = options.fetch ?? ((request: Request) => fetch(request));

  const answerOf = async (request: Request, token: string | null): Promise<Response> => {
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    try {
      return await doFetch(request);
    } catch (failure) {
      if (request.signal.aborted) throw failure;
      throw offlineError();
    }
  };

  return async (request) => {
    const mayRenew = options.renew && !BEGINS_SESSION.test(new URL(request.url).pathname);
    const again = mayRenew ? request.clone() : null;
    let token = options.token();
    let response = await answerOf(request, token);
    if (response.status === 401 && again && (await options.renew?.())) {
      token = options.token();
      response = await answerOf(again, token);
    }
    if (response.ok) return response;
    const error = await errorOfResponse(response);
    // A refusal that comes late says nothing of the token that somebody got meanwhile.
    if (error.status === 401 && token === options.token()) options.onSignedOut?.(error);
    throw error;
  };
}

/** All that the annotator's page needs; `createTransport` adds calls with typed paths. */
export function createSender(options: TransportOptions): Sender {
  const exchange = exchangeWith(options);
  const send = (path: string, init?: RequestInit) =>
    exchange(
      new Request(new URL(`/api/v1${path}`, originOf(options)), { ...WITHOUT_COOKIES, ...init }),
    );
  return { send };
}

/** A call with a JSON body. */
export function withBody(method: "POST" | "PUT", body: unknown): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
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
