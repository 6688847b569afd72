/** A model behind a URL, fetched whole: the one place where the core touches the network, and only for URLs the user gave. */
import { GradCamError } from "../errors.ts";
import { bytesSource, type RandomAccessSource } from "../load/source.ts";
import { findArchitecture } from "../zoo/architecture-names.ts";
import { howToGet } from "../zoo/not-found.ts";

const SCHEMES = new Set(["https:", "http:", "blob:", "data:"]);

/** Throws E_URL_SCHEME, E_HTTP; E_MODEL_NOT_FOUND for the bare name of an architecture, with the place of its weights. */
export async function urlSource(location: string | URL): Promise<RandomAccessSource> {
  const architecture = typeof location === "string" ? findArchitecture(location) : undefined;
  if (architecture) throw await howToGet(architecture);
  const url = new URL(location, globalThis.location.href);
  if (!SCHEMES.has(url.protocol)) {
    throw new GradCamError("E_URL_SCHEME", {
      where: url.href,
      expected: "https:, http:, blob: or data:",
      got: url.protocol,
    });
  }
  return fetched(url, await request(url));
}

async function fetched(url: URL, response: Response): Promise<RandomAccessSource> {
  const source = bytesSource(new Uint8Array(await response.arrayBuffer()), url.pathname);
  // What was given in the address itself has nothing beside it.
  if (url.protocol !== "https:" && url.protocol !== "http:") return source;
  return { ...source, sibling: (path) => fetchBeside(url, path) };
}

/** A file beside `model`, with the same query string: from the same place, even after redirections. */
async function fetchBeside(model: URL, path: string): Promise<RandomAccessSource> {
  const url = new URL(path.split("/").map(encodeURIComponent).join("/"), model);
  url.search = model.search;
  const response = await request(url);
  if (new URL(response.url).origin === model.origin) return fetched(url, response);
  throw new GradCamError("E_PATH_ESCAPE", {
    where: url.href,
    expected: `a file from ${model.origin}`,
    got: `a redirection to ${new URL(response.url).origin}`,
    hint: "a model's parts are only fetched from where the model is",
  });
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
