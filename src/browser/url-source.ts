/** A model behind a URL, fetched whole: the one place where the core touches the network, and only for URLs the user gave. */
import { GradCamError } from "../errors.ts";
import { bytesSource, type RandomAccessSource } from "../load/source.ts";
import { findArchitecture } from "../zoo/index.ts";
import { howToGet } from "../zoo/not-found.ts";

const SCHEMES = new Set(["https:", "http:", "blob:", "data:"]);

/** Throws E_URL_SCHEME, E_HTTP; E_MODEL_NOT_FOUND for the bare name of an architecture, with the place of its weights. */
export async function urlSource(location: string | URL): Promise<RandomAccessSource> {
  const architecture = typeof location === "string" ? findArchitecture(location) : undefined;
  if (architecture) throw howToGet(architecture);
  const url = new URL(location, globalThis.location.href);
  if (!SCHEMES.has(url.protocol)) {
    throw new GradCamError("E_URL_SCHEME", {
      where: url.href,
      expected: "https:, http:, blob: or data:",
      got: url.protocol,
    });
  }
  const response = await request(url);
  return bytesSource(new Uint8Array(await response.arrayBuffer()), url.pathname);
}

/** A successful response. Throws E_HTTP with the status and what can be done about it. */
export async function request(url: URL): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new GradCamError("E_HTTP", {
      where: url.href,
      got: "no answer",
      hint: "the server must be reachable and, from another origin, send Access-Control-Allow-Origin",
      cause,
    });
  }
  if (response.ok) return response;
  throw new GradCamError("E_HTTP", {
    where: url.href,
    expected: "status 200",
    got: `status ${String(response.status)}`,
  });
}
