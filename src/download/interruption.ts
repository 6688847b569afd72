/** Failures that may pass: the connection broke, the server is busy. They never leave src/download/. */
import { GradCamError } from "../errors.ts";
import { shown } from "./address.ts";

export class Interruption extends Error {
  readonly failure: GradCamError;

  constructor(failure: GradCamError) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Codes of Node and undici that another attempt does not cure: no such host, bad certificates, answers that are no HTTP. */
const LASTING =
  /^(ENOTFOUND|CERT_|DEPTH_ZERO|ERR_TLS|ERR_SSL|SELF_SIGNED|UNABLE_TO|HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_INVALID)/;

/** E_HTTP: instead of the rest of an answer, `got`. */
export const lost = (url: URL, got: string, cause?: unknown): GradCamError =>
  new GradCamError("E_HTTP", {
    where: shown(url),
    expected: "an answer",
    got,
    hint: "is the network up? what has arrived is kept, and the next attempt goes on from there",
    cause,
  });

/** What came of a request that got no answer, or lost it: a GradCamError, or an Interruption if waiting may help. */
export function connectionFailure(url: URL, error: unknown, received: string): Error {
  if (error instanceof GradCamError || error instanceof Interruption) return error;
  const code = codeOf(error);
  const failure = lost(url, code === undefined ? received : `${received} (${code})`, error);
  return code !== undefined && LASTING.test(code) ? failure : new Interruption(failure);
}

/** fetch says "fetch failed" and names the reason in its cause, or in that one's. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return undefined;
}
