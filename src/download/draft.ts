/** The growing file of a download as the transfer sees it; where it lies is the platform's business. */

/** Hexadecimal digits. SHA-256 where the platform can compute it piece by piece. */
export interface Digests {
  readonly md5: string;
  readonly sha256?: string;
}

export interface Draft<D extends Digests = Digests> {
  /** Bytes that are there. */
  readonly size: number;
  /** What the server called the version that they belong to (ETag or date); undefined: they cannot be continued. */
  readonly version: string | undefined;
  /** Throws away what is there; what follows belongs to `version`. */
  restart(version: string | undefined): Promise<void>;
  append(bytes: Uint8Array): Promise<void>;
  /** Of all bytes; nothing may be appended afterwards without a restart. */
  digests(): Promise<D>;
}

/** Sends one request and follows redirections by the platform's rules. Rejects with GradCamErrors, AbortErrors or the platform's own. */
export type Send = (url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Response>;
