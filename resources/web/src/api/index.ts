/** Every call the client makes to Clipset's API, typed. Nothing else but the preloads in index.html names an /api address. */
import type { Description } from "../docs/description.ts";
import { request, send, toQuery } from "./http.ts";
import type {
  Account,
  AccountChanges,
  Category,
  InvitationCheck,
  LedgerEntry,
  NewAccount,
  NewShareLink,
  Page,
  Position,
  Profile,
  ServerFacts,
  Session,
  SharedVideo,
  ShareLink,
  StartedVideo,
  UploadCheck,
  UploadVerdict,
  Video,
  VideoChanges,
  VideoProgress,
  VideoQuery,
} from "./types.ts";

export { ApiError, onSignedOut, reachable, readProblem, UNREACHABLE } from "./http.ts";
export { type MediaAddresses, mediaOf } from "./media.ts";
export type * from "./types.ts";

/** The most the server puts on a page. */
export const LONGEST_PAGE = 100;

export const UPLOADS = "/api/uploads";
export const EVENTS = "/api/events";

export const api = {
  server: () => request<ServerFacts>("/api/server"),
  description: () => request<Description>("/api/openapi.json"),

  me: () => request<Account>("/api/auth/me"),
  changeMe: (body: AccountChanges) => request<Account>("/api/auth/me", { method: "PATCH", body }),
  signIn: (username: string, password: string) =>
    send("/api/auth/login", { method: "POST", body: { username, password } }),
  join: (body: NewAccount) => send("/api/auth/register", { method: "POST", body }),
  setUp: (body: NewAccount) => send("/api/setup", { method: "POST", body }),
  signOut: () => send("/api/auth/logout", { method: "POST" }),
  sessions: () => request<Page<Session>>(`/api/auth/sessions${toQuery({ page_size: LONGEST_PAGE })}`),
  endSession: (id: string) => send(`/api/auth/sessions/${id}`, { method: "DELETE" }),
  endSessions: (keep?: "current") => send(`/api/auth/sessions${toQuery({ keep })}`, { method: "DELETE" }),
  resetPassword: (token: string, password: string) =>
    send("/api/auth/reset", { method: "POST", body: { token, password } }),
  ledger: (page: number) => request<Page<LedgerEntry>>(`/api/auth/ledger${toQuery({ page, page_size: 20 })}`),
  profile: (id: string) => request<Profile>(`/api/users/${encodeURIComponent(id)}`),
  checkInvitation: (token: string) =>
    request<InvitationCheck>(`/api/invitations/validate/${encodeURIComponent(token)}`),

  categories: () => request<Page<Category>>(`/api/categories${toQuery({ page_size: LONGEST_PAGE })}`),

  videos: (query: VideoQuery, signal?: AbortSignal) =>
    request<Page<Video>>(`/api/videos${toQuery(query)}`, signal ? { signal } : {}),
  video: (id: string) => request<Video>(`/api/videos/${encodeURIComponent(id)}`),
  changeVideo: (id: string, body: VideoChanges) =>
    request<Video>(`/api/videos/${id}`, { method: "PATCH", body }),
  deleteVideo: (id: string) => send(`/api/videos/${id}`, { method: "DELETE" }),
  countView: (id: string) => request<{ view_count: number }>(`/api/videos/${id}/view`, { method: "POST" }),

  started: () => request<Page<StartedVideo>>(`/api/positions${toQuery({ page_size: 12 })}`),
  position: (id: string) => request<Position>(`/api/videos/${id}/position`),
  keepPosition: (id: string, position_ms: number, waits: boolean) =>
    send(`/api/videos/${id}/position`, { method: "PUT", body: { position_ms, waits }, keepalive: true }),

  shared: (token: string) => request<SharedVideo>(`/api/shared/${encodeURIComponent(token)}`),
  links: (id: string) =>
    request<Page<ShareLink>>(`/api/videos/${id}/links${toQuery({ page_size: LONGEST_PAGE })}`),
  makeLink: (id: string, body: { expires_in_days: number; note: string }) =>
    request<NewShareLink>(`/api/videos/${id}/links`, { method: "POST", body }),
  revokeLink: (id: string, linkId: string) => send(`/api/videos/${id}/links/${linkId}`, { method: "DELETE" }),

  checkUpload: (body: UploadCheck) => request<UploadVerdict>(`${UPLOADS}/check`, { method: "POST", body }),

  /** How much of an unfinished upload has reached the server, or the video it has become. */
  async uploadOffset(url: string) {
    const response = await send(url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
    const offsetBytes = Number(response.headers.get("Upload-Offset") ?? 0);
    return { offsetBytes, videoId: response.headers.get("Clipset-Video-Id") };
  },

  /** How far a video is, or null when nothing has changed since the answer with this `etag`. */
  async progress(id: string, etag: string | null, signal: AbortSignal) {
    const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
    const response = await send(`/api/videos/${id}/progress`, { headers, signal });
    const value = response.status === 304 ? null : ((await response.json()) as VideoProgress);
    return { value, etag: response.headers.get("ETag") ?? etag };
  },
};
