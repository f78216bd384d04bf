/** What the server answers for every failure. */
export interface ErrorBody {
  code: string;
  message: string;
  detail?: unknown;
}

/**
 * The one error of this layer. `status` is 0 when no answer came (`code` is then `offline`).
 * `message` says what happened and what to do, in words that a page can show as they are.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly status: number;
  readonly detail: unknown;

  constructor(code: string, message: string, status: number, detail: unknown = undefined) {
    super(message);
    this.code = code;
    this.status = status;
    this.detail = detail;
  }

  /** Worth trying again without a change: no answer, overload, or a fault of the server. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function isErrorBody(value: unknown): value is ErrorBody {
  if (typeof value !== "object" || value === null) return false;
  const body = value as Partial<ErrorBody>;
  return typeof body.code === "string" && typeof body.message === "string";
}

/** The error of an answer that is not 2xx, whether or not the application wrote its body. */
export async function errorOfResponse(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (isErrorBody(body)) return new ApiError(body.code, body.message, response.status, body.detail);
  const message = `The server answered ${response.status} without an explanation. Try again in a moment.`;
  return new ApiError("unexpected_answer", message, response.status);
}

/** The error of a request that got no answer at all. */
export function offlineError(): ApiError {
  const message = "The server cannot be reached. Check the connection, then try again.";
  return new ApiError("offline", message, 0);
}
