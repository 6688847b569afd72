/** What a server's answer to a request for a file, or for its rest, is worth. RFC 9110, sections 13 to 15. */
import { GradCamError } from "../errors.ts";
import { shown } from "./address.ts";
import { Interruption } from "./interruption.ts";

export interface Wanted {
  readonly url: URL;
  /** Bytes that are there already; 0 for the whole file. */
  readonly offset: number;
  /** The version that they belong to. */
  readonly version: string | undefined;
  /** The size of the file, where it is known. */
  readonly bytes: number | undefined;
  /** No file may be larger. */
  readonly maxBytes: number;
}

export interface Answer {
  /** Where its bytes belong: the offset asked for, or 0 when the server sends everything. */
  readonly start: number;
  /** Size of the whole file, if the server says so. */
  readonly total: number | undefined;
  readonly version: string | undefined;
}

/** "start over": the server cannot go on where the draft ends. Throws E_HTTP, E_INTEGRITY, Interruption. */
export function readAnswer(response: Response, wanted: Wanted): Answer | "start over" {
  const { status, headers } = response;
  if (status === 416 && wanted.offset > 0) return "start over";
  if (status !== 200 && status !== 206) throw refused(status, wanted.url);
  checkKind(headers, wanted.url);
  const version = versionOf(headers);
  if (status === 200) return checkTotal({ start: 0, total: lengthOf(headers, wanted.url), version }, wanted);
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  const continues = Number(first) === wanted.offset && (version === undefined || version === wanted.version);
  if (wanted.offset === 0 || !continues) {
    if (wanted.offset > 0) return "start over";
    throw problem(wanted.url, "the whole file", "a part of it that nobody asked for");
  }
  const size = total === undefined || total === "*" ? undefined : Number(total);
  return checkTotal({ start: wanted.offset, total: size, version: wanted.version }, wanted);
}

/** Only strong names of versions: a weak ETag promises less than the same bytes. */
function versionOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null) return /^"[\x21\x23-\x7e]{1,200}"$/.test(etag) ? etag : undefined;
  const date = headers.get("last-modified");
  return date !== null && /^[\w:, ]{1,40}$/.test(date) ? date : undefined;
}

function lengthOf(headers: Headers, url: URL): number | undefined {
  const text = headers.get("content-length");
  if (text === null) return undefined;
  const length = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(length)) return length;
  throw problem(url, "a Content-Length", JSON.stringify(text.slice(0, 40)));
}

function checkTotal(answer: Answer, { url, bytes, maxBytes }: Wanted): Answer {
  const { total } = answer;
  if (total === undefined) return answer;
  if (bytes !== undefined && total !== bytes) {
    throw new GradCamError("E_INTEGRITY", {
      where: shown(url),
      expected: `a file of ${bytes} bytes`,
      got: `one of ${total} bytes`,
      hint: "this is not the file that the registry means",
    });
  }
  if (total > maxBytes) throw tooLarge(url, maxBytes, `${total} bytes`);
  return answer;
}

export const tooLarge = (url: URL, maxBytes: number, got: string): GradCamError =>
  new GradCamError("E_INTEGRITY", {
    where: shown(url),
    expected: `at most ${maxBytes} bytes`,
    got,
    hint: "this is not the file that the registry means; maxBytes overrides the limit",
  });

/** A page that says "not found" with status 200, and bodies that would have to be unpacked. */
function checkKind(headers: Headers, url: URL): void {
  const type = headers.get("content-type") ?? "";
  if (/^text\/html\b/i.test(type)) {
    throw problem(url, "a model file", "a web page", "a proxy or a login page answers in its place");
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw problem(
      url,
      "the bytes of the file",
      `${encoding.slice(0, 40)} encoding`,
      "the server must send it as it is",
    );
  }
}

const BUSY = new Set([408, 425, 429, 500, 502, 503, 504]);

function refused(status: number, url: URL): Error {
  const hint = status === 404 ? "is the address, or that of the mirror, right?" : undefined;
  const failure = problem(url, "status 200", `status ${status}`, hint);
  return BUSY.has(status) ? new Interruption(failure) : failure;
}

const problem = (url: URL, expected: string, got: string, hint?: string): GradCamError =>
  new GradCamError("E_HTTP", { where: shown(url), expected, got, ...(hint !== undefined && { hint }) });
