/** Which addresses may be asked for, and how they may be shown: https unless http is allowed, never with secrets in messages. */
import { GradCamError } from "../errors.ts";

/** Throws E_URL_SCHEME for malformed addresses, for schemes that are no download, and for http where that is not allowed. */
export function checkedAddress(text: string, allowHttp: boolean, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch (cause) {
    throw new GradCamError("E_URL_SCHEME", {
      where: "download",
      expected: "an address",
      got: "a malformed one",
      cause,
    });
  }
  if (url.protocol === "https:" || (allowHttp && url.protocol === "http:")) return url;
  throw new GradCamError("E_URL_SCHEME", {
    where: shown(url),
    expected: "https:",
    got: url.protocol,
    ...(url.protocol === "http:" && {
      hint: "anybody on the way can read and change http; --allow-http (allowHttp) permits it",
    }),
  });
}

/** An address for messages: without user, password and the values of a query, which are where tokens hide. */
export function shown(url: URL): string {
  const { protocol, host, pathname, search } = url;
  return host === "" ? protocol : `${protocol}//${host}${pathname}${search === "" ? "" : "?…"}`;
}

/** The same file in another place: the path of `url` below the address of the mirror. Throws E_URL_SCHEME. */
export function onMirror(url: string, mirror: string | undefined, allowHttp: boolean): URL {
  const original = checkedAddress(url, allowHttp);
  if (mirror === undefined || mirror === "") return original;
  const place = checkedAddress(mirror, allowHttp);
  place.pathname = place.pathname.replace(/\/$/, "") + original.pathname;
  return place;
}
