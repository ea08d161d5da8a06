/** The shapes of Clipset's HTTP API. Times are RFC 3339 in UTC, ids are UUIDs, sizes bytes, durations seconds. */

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  page_size: number;
  total_pages: number;
}

export interface Problem {
  title?: string;
  status: number;
  detail: string;
  code: string;
  errors?: FieldProblem[];
  field?: string;
  retry_after?: number;
}

export interface FieldProblem {
  field: string;
  detail: string;
}

export interface ServerFacts {
  name: string;
  version: string;
  setup_needed: boolean;
}

export interface Quota {
  used_bytes: number;
  limit_bytes: number;
  left_bytes: number;
  next_reset: string;
}

export type Role = "user" | "admin";

export interface Account {
  id: string;
  email: string;
  username: string;
  role: Role;
  is_active: boolean;
  created_at: string;
  video_count: number;
  quota: Quota;
}

export interface AccountChanges {
  email?: string;
  password?: string;
  current_password: string;
}

export interface Session {
  id: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  address: string | null;
  user_agent: string | null;
  current: boolean;
}

export interface NewAccount {
  token: string;
  email: string;
  username: string;
  password: string;
}

export interface InvitationCheck {
  valid: boolean;
  email?: string | null;
  expires_at?: string | null;
}

export interface Category {
  id: string;
  name: string;
  slug: string;
  description: string;
  video_count: number;
}

export type VideoStatus = "pending" | "processing" | "completed" | "failed";

export interface Video {
  id: string;
  title: string;
  description: string;
  category_id: string | null;
  uploaded_by: string | null;
  uploader_name: string | null;
  original_filename: string;
  size: number;
  duration: number | null;
  width: number | null;
  height: number | null;
  status: VideoStatus;
  progress: number;
  error: string | null;
  view_count: number;
  has_thumbnail: boolean;
  created_at: string;
  processed_at: string | null;
  can_edit: boolean;
  /** Whether something of it can be played now, and how much. */
  watchable: boolean;
  watchable_ms: number;
  has_storyboard: boolean;
  has_chapters: boolean;
  subtitles: Subtitles[];
  /** The heights that can be asked for, in lines. */
  renditions: number[];
}

export interface Subtitles {
  /** The number in the address of the track. */
  n: number;
  language: string | null;
  label: string | null;
}

/** Where a member stopped watching; 0 is the beginning. */
export interface Position {
  position_ms: number;
  updated_at: string | null;
}

export interface StartedVideo extends Position {
  video: Video;
}

export interface ShareLink {
  id: string;
  note: string;
  created_at: string;
  expires_at: string;
  created_by: string | null;
  last_used_at: string | null;
}

/** A new link with its address, shown this once. */
export interface NewShareLink extends ShareLink {
  token: string;
  url: string;
}

/** What is needed to play a video and to say what it is: all that who has only a link may know. */
export type PlayableVideo = Pick<
  Video,
  | "id"
  | "title"
  | "description"
  | "uploader_name"
  | "created_at"
  | "duration"
  | "width"
  | "height"
  | "status"
  | "has_thumbnail"
  | "watchable"
  | "watchable_ms"
  | "has_storyboard"
  | "has_chapters"
  | "subtitles"
  | "renditions"
> &
  Partial<Pick<Video, "progress" | "error">>;

export interface SharedVideo {
  video: PlayableVideo;
  expires_at: string;
}

export interface LedgerEntry {
  id: string;
  at: string;
  kind: "reserved" | "charged" | "refunded" | "reset";
  /** Negative where bytes were given back. */
  bytes: number;
  title: string | null;
  video_id: string | null;
}

/** A person as other members see them. */
export interface Profile {
  id: string;
  username: string;
  role: Role;
  created_at: string;
  video_count: number;
}

export interface VideoChanges {
  title?: string;
  description?: string;
  category_id?: string | null;
}

export type SortField = "created_at" | "title" | "view_count" | "duration";

export interface VideoQuery {
  page?: number;
  page_size?: number;
  category_id?: string;
  uploaded_by?: string;
  status?: VideoStatus;
  q?: string;
  sort_by?: SortField;
  order?: "asc" | "desc";
}

export type JobState =
  | "queued"
  | "running"
  | "pausing"
  | "paused"
  | "cancelling"
  | "done"
  | "failed"
  | "cancelled";

export interface VideoProgress {
  state: JobState;
  percent: number;
  speed: number | null;
  eta_ms: number | null;
  place: number | null;
  error: string | null;
  watchable_ms: number;
}

export interface UploadCheck {
  filename: string;
  size: number;
  duration?: number;
}

export interface UploadVerdict {
  accepted: boolean;
  code: string | null;
  reason: string | null;
  quota: Quota;
}
