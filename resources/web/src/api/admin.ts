/** The calls that only admins may make, loaded with their pages. */
import { request, send, toQuery } from "./http.ts";
import { LONGEST_PAGE } from "./index.ts";
import type { Category, JobState, Page, Profile, Role } from "./types.ts";

/** A person as an admin sees them. */
export interface Person extends Profile {
  email: string;
  is_active: boolean;
  weekly_upload_bytes: number;
}

export interface Invitation {
  id: string;
  email: string | null;
  role: Role;
  note: string;
  state: "open" | "used" | "expired" | "revoked";
  created_at: string;
  expires_at: string;
  used_at: string | null;
  used_by_name: string | null;
}

export interface NewInvitation extends Invitation {
  token: string;
  url: string;
}

export interface InvitationWishes {
  email?: string;
  role: Role;
  expires_in_days: number;
  note: string;
}

export interface ResetAddress {
  url: string;
  expires_at: string;
}

export interface Job {
  id: string;
  video_id: string;
  video_title: string;
  uploader_name: string | null;
  state: JobState;
  action: "keep" | "remux" | "transcode" | null;
  reasons: string[];
  percent: number;
  speed: number | null;
  eta_ms: number | null;
  place: number | null;
  attempts: number;
  error: string | null;
  detail: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export type JobAction = "cancel" | "retry" | "pause" | "resume";

export interface Stats {
  users: number;
  active_users: number;
  videos_by_status: Partial<Record<"pending" | "processing" | "completed" | "failed", number>>;
  bytes_stored: number;
  bytes_free: number;
  jobs_queued: number;
  jobs_running: number;
  viewers_now: number;
  bytes_served: number;
  uptime_s: number;
}

export type ConfigValue = string | number | boolean | null | string[] | number[];

/** The settings that can be changed live, by their keys, and who changed them last. */
export type Config = Record<string, ConfigValue>;

const page = (path: string, number: number, size = 20) =>
  `${path}${toQuery({ page: number, page_size: size })}`;

export const admin = {
  stats: () => request<Stats>("/api/admin/stats"),
  config: () => request<Config>("/api/admin/config"),
  changeConfig: (body: Config) => request<Config>("/api/admin/config", { method: "PATCH", body }),
  resetQuotas: () => request<{ members: number }>("/api/admin/quota-reset", { method: "POST" }),

  people: (number: number) => request<Page<Person>>(page("/api/users", number)),
  changeRole: (id: string, role: Role) =>
    request<Person>(`/api/users/${id}/role`, { method: "PATCH", body: { role } }),
  changeActive: (id: string, is_active: boolean) =>
    request<Person>(`/api/users/${id}/active`, { method: "PATCH", body: { is_active } }),
  signOut: (id: string) => send(`/api/users/${id}/sessions`, { method: "DELETE" }),
  resetAddress: (id: string) => request<ResetAddress>(`/api/users/${id}/password-reset`, { method: "POST" }),
  deletePerson: (id: string, videos: "keep" | "delete") =>
    send(`/api/users/${id}${toQuery({ videos })}`, { method: "DELETE" }),

  invitations: (number: number) => request<Page<Invitation>>(page("/api/invitations", number)),
  invite: (body: InvitationWishes) => request<NewInvitation>("/api/invitations", { method: "POST", body }),
  revokeInvitation: (id: string) => send(`/api/invitations/${id}`, { method: "DELETE" }),

  makeCategory: (body: { name: string; description: string }) =>
    request<Category>("/api/categories", { method: "POST", body }),
  changeCategory: (id: string, body: { name: string; description: string }) =>
    request<Category>(`/api/categories/${id}`, { method: "PATCH", body }),
  deleteCategory: (id: string) => send(`/api/categories/${id}`, { method: "DELETE" }),

  jobs: (number: number) => request<Page<Job>>(page("/api/admin/jobs", number, LONGEST_PAGE)),
  actOnJob: (id: string, action: JobAction) =>
    request<Job>(`/api/admin/jobs/${id}/${action}`, { method: "POST" }),
  moveJob: (id: string, to: { before: string | null } | { to: "next" }) =>
    request<Job>(`/api/admin/jobs/${id}/move`, { method: "POST", body: to }),
};
