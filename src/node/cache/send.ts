/** Requests over the network, the only ones of this package in Node besides pictures: redirections are followed by our own rules. */
import { checkedAddress, shown } from "../../download/address.ts";
import type { Send } from "../../download/draft.ts";
import { GradCamError } from "../../errors.ts";

const MOST_REDIRECTIONS = 5;
const REDIRECTIONS = new Set([301, 302, 303, 307, 308]);

/** Every step must have an allowed scheme; a password in the first address is sent to its own server only. */
export const sender =
  (allowHttp: boolean): Send =>
  async (url, headers, signal) => {
    const authorization = credentialsOf(url);
    let place = url;
    for (let steps = 0; steps <= MOST_REDIRECTIONS; steps++) {
      const isHome = place.origin === url.origin;
      const all = { ...headers, "accept-encoding": "identity", ...(isHome && authorization) };
      const response = await fetch(bare(place), { headers: all, redirect: "manual", signal });
      if (!REDIRECTIONS.has(response.status)) return response;
      await response.body?.cancel().catch(() => undefined);
      const next = response.headers.get("location");
      if (next === null) {
        const got = `status ${response.status} with no Location`;
        throw new GradCamError("E_HTTP", { where: shown(place), expected: "the file, or where it is", got });
      }
      place = checkedAddress(next, allowHttp, place);
    }
    throw new GradCamError("E_HTTP", {
      where: shown(url),
      expected: `at most ${MOST_REDIRECTIONS} redirections`,
      got: `one more, to ${shown(place)}`,
      hint: "the server sends requests in circles",
    });
  };

/** fetch takes no addresses with a user and a password. */
function bare(url: URL): URL {
  const copy = new URL(url);
  copy.username = copy.password = "";
  return copy;
}

function credentialsOf({ username, password }: URL): { authorization?: string } {
  if (username === "" && password === "") return {};
  const text = `${plain(username)}:${plain(password)}`;
  return { authorization: `Basic ${Buffer.from(text).toString("base64")}` };
}

/** A percent sign that escapes nothing stands for itself: the parser of addresses leaves it as it is. */
const plain = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
