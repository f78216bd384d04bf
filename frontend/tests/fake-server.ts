import { createTransport, type Transport } from "../src/api";

export interface Asked {
  method: string;
  path: string;
  search: string;
  authorization: string | null;
  body: unknown;
}

/** What a route answers: a body, a whole response, or null for 204. */
type Answer = object | null;
type Handler = (asked: Asked) => Answer | Promise<Answer>;

/** What the server answers with one of its errors. */
export function refusal(
  status: number,
  code: string,
  message: string,
  detail: object = {},
): Response {
  return Response.json({ code, message, detail }, { status });
}

export function page(...items: readonly unknown[]): object {
  return { items, next: null };
}

/** A server of a few routes (`"GET /me"`); it notes every call, and a call it lacks fails the test. */
export class FakeServer {
  readonly asked: Asked[] = [];
  token: string | null = "held-token";
  online = true;
  readonly #routes = new Map<string, Handler>();

  on(route: string, answer: Answer): this {
    return this.when(route, () => answer);
  }

  when(route: string, handler: Handler): this {
    this.#routes.set(route, handler);
    return this;
  }

  calls(route: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === route);
  }

  fetch = async (request: Request): Promise<Response> => {
    if (!this.online) throw new TypeError("Failed to fetch");
    const url = new URL(request.url);
    const asked: Asked = {
      method: request.method,
      path: url.pathname.replace("/api/v1", ""),
      search: url.search,
      authorization: request.headers.get("Authorization"),
      body: await bodyOf(request),
    };
    this.asked.push(asked);
    const handler = this.#routes.get(`${asked.method} ${asked.path}`);
    if (!handler) throw new Error(`The fake server has no ${asked.method} ${asked.path}.`);
    const answer = await handler(asked);
    if (answer instanceof Response) return answer.clone();
    return answer === null ? new Response(null, { status: 204 }) : Response.json(answer);
  };

  transport(onSignedOut?: () => void, renew?: () => Promise<boolean>): Transport {
    return createTransport({
      token: () => this.token,
      baseUrl: "http://lab.test",
      fetch: this.fetch,
      onSignedOut,
      renew,
    });
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const type = request.headers.get("Content-Type") ?? "";
  if (type.includes("json")) return request.json();
  if (type.includes("multipart")) return request.formData();
  return null;
}
