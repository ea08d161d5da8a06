/** Sends one file by tus and says what became of it. Knows neither the queue nor the page. */
import { DetailedError, Upload } from "tus-js-client";
import { readProblem, UPLOADS } from "../api/index.ts";
import { sayProblem } from "../i18n/index.ts";

/** The server writes a PATCH to disk as it comes, so large parts cost it nothing and save round trips. */
const PART_BYTES = 256 * 1024 * 1024;

/** A connection that moves nothing for so long is dead, whatever the system still believes of it. */
const SILENCE_MS = 45_000;

export interface TransferRequest {
  file: File;
  /** Where an earlier attempt was going, to go on from there. */
  url: string | null;
  metadata: Record<string, string>;
}

export interface TransferListener {
  onUrl(url: string): void;
  onSent(bytes: number): void;
  /** `videoId` is null where the server did not name it. */
  onArrived(videoId: string | null): void;
  /** `status` 0 when no server answered; `reason` is in the reader's language. */
  onFailed(status: number, reason: string, retryAfterS: number | null): void;
}

export interface Transfer {
  /** Stops sending; what has arrived stays on the server. */
  stop(): void;
}

function explain(error: Error): { status: number; reason: string; retryAfterS: number | null } {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return { status: 0, reason: error.message, retryAfterS: null };
  const status = response.getStatus();
  const problem = readProblem(status, response.getBody() ?? "");
  return { status, reason: sayProblem(problem), retryAfterS: problem.retry_after ?? null };
}

export function startTransfer(
  { file, url, metadata }: TransferRequest,
  listener: TransferListener,
): Transfer {
  let stopped = false;
  let watch = 0;
  const listenFor = (sent: number) => {
    clearTimeout(watch);
    // After the last byte the server looks at the file, and that takes as long as it takes.
    if (!stopped && sent < file.size) watch = window.setTimeout(giveUp, SILENCE_MS);
  };
  const giveUp = () => {
    stop();
    listener.onFailed(0, "", null);
  };
  const stop = () => {
    stopped = true;
    clearTimeout(watch);
    void upload.abort();
  };
  const upload = new Upload(file, {
    // With both, tus-js-client makes a new upload whenever the old one's HEAD is refused, be it by a 401 or a 503.
    endpoint: url ? null : UPLOADS,
    uploadUrl: url,
    chunkSize: PART_BYTES,
    metadata,
    // Retrying and remembering are ours: the card tells about both.
    retryDelays: null,
    storeFingerprintForResuming: false,
    onUploadUrlAvailable: () => {
      if (upload.url) listener.onUrl(upload.url);
    },
    onProgress: (bytes) => {
      if (stopped) return;
      listenFor(bytes);
      listener.onSent(bytes);
    },
    onSuccess: ({ lastResponse }) => {
      clearTimeout(watch);
      if (!stopped) listener.onArrived(lastResponse.getHeader("Clipset-Video-Id") ?? null);
    },
    onError: (error) => {
      clearTimeout(watch);
      if (stopped) return;
      const { status, reason, retryAfterS } = explain(error);
      listener.onFailed(status, reason, retryAfterS);
    },
  });
  upload.start();
  listenFor(0);
  return { stop };
}

/** The server frees an upload a moment after its connection has gone; until then it answers 423. */
const WAIT_FOR_LOCK_MS = [300, 1000, 3000, 10_000];

/** Tells the server to throw away what has arrived. */
export function discardTransfer(url: string): Promise<void> {
  return Upload.terminate(url, { endpoint: UPLOADS, retryDelays: WAIT_FOR_LOCK_MS });
}
