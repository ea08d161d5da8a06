/** Sends one request and turns every failure into an ApiError with a sentence to show. Knows no route. */
import { signal } from "@preact/signals";
import { sayProblem, t } from "../i18n/index.ts";
import type { FieldProblem, Problem } from "./types.ts";

/** False from the first request that reached no server until one does. */
export const reachable = signal(true);

/** What `ApiError.code` says when no server answered. */
export const UNREACHABLE = "unreachable";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterS: number | null;

  constructor(problem: Problem) {
    super(sayProblem(problem));
    this.status = problem.status;
    this.code = problem.code;
    const single = problem.field ? [{ field: problem.field, detail: problem.detail }] : [];
    this.fields = (problem.errors ?? single).map(({ field, detail }) => ({
      field,
      detail: sayProblem({ ...problem, field, detail }),
    }));
    this.retryAfterS = problem.retry_after ?? null;
  }
}

/** The problem in a body, or a general one where a proxy or a crash answered with something else. */
export function readProblem(status: number, body: string): Problem {
  try {
    const parsed = JSON.parse(body) as Partial<Problem> | null;
    if (parsed && typeof parsed.detail === "string" && typeof parsed.code === "string") {
      return { ...parsed, status, detail: parsed.detail, code: parsed.code };
    }
  } catch {
    // Not JSON: the general sentence below says as much as we know.
  }
  return { status, code: "unexpected", detail: t("error.unexpected") };
}

let signedOutListener: () => void = () => {};

/** Calls `listener` when the server says that the session has ended. One listener, the session module's. */
export function onSignedOut(listener: () => void): void {
  signedOutListener = listener;
}

export interface Options {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
}

/** A connection that breaks, before an answer or in its middle: then the server cannot be reached now. */
async function reaching<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    reachable.value = false;
    throw new ApiError({ status: 0, code: UNREACHABLE, detail: t("error.unreachable") });
  }
}

/** The response of a request that reached the server and was not refused; throws ApiError, or AbortError. */
export async function send(
  path: string,
  { method = "GET", body, signal, headers, keepalive = false }: Options = {},
): Promise<Response> {
  const response = await reaching(
    fetch(path, {
      method,
      keepalive,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  reachable.value = true;
  if (response.ok || response.status === 304) return response;
  const problem = readProblem(response.status, await reaching(response.text()));
  if (problem.code === "not_signed_in") signedOutListener();
  throw new ApiError(problem);
}

/** The decoded JSON of an answer; undefined for 204. */
export async function request<T>(path: string, options?: Options): Promise<T> {
  const response = await send(path, options);
  return (response.status === 204 ? undefined : await reaching(response.json())) as T;
}

/** "?a=1&b=2" from the values that are set, or nothing. */
export function toQuery(values: object): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values) as [string, unknown][]) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text && `?${text}`;
}
