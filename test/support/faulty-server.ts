/** A real HTTP server whose answers go wrong on purpose. The first part of a path says how; the rest is the file's. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";

type Fault = (exchange: Exchange) => void;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly contents: Uint8Array;
  /** How many requests for this fault came before this one. */
  readonly before: number;
  /** Where the range asked for begins; undefined when there is none, or If-Range names another version. */
  readonly from: number | undefined;
}

export interface FaultyServer {
  readonly origin: string;
  /** Method, path and range of every request, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

const ETAG = '"v1"';

/** What a well-behaved server does: all of it, or the rest that was asked for. */
function serveWhole({ response, contents, from }: Exchange, headers: Record<string, string> = {}): void {
  const start = from ?? 0;
  const range =
    from === undefined ? {} : { "content-range": `bytes ${from}-${contents.length - 1}/${contents.length}` };
  const length = { "content-length": String(contents.length - start) };
  response.writeHead(from === undefined ? 200 : 206, { etag: ETAG, ...length, ...range, ...headers });
  response.end(contents.subarray(start));
}

/** Sends headers for everything, the first `bytes` of it, and breaks the connection. */
function cutAfter(exchange: Exchange, bytes: number, headers: Record<string, string> = {}): void {
  const { response, contents, from = 0 } = exchange;
  const range =
    exchange.from === undefined ? {} : { "content-range": `bytes ${from}-${contents.length - 1}/${contents.length}` };
  response.writeHead(exchange.from === undefined ? 200 : 206, {
    etag: ETAG,
    "content-length": String(contents.length - from),
    ...range,
    ...headers,
  });
  response.write(contents.subarray(from, from + bytes), breakSoon(response));
}

/** Later than what was written has arrived: fetch forgets what nobody has read yet when a connection breaks. */
const breakSoon = (response: ServerResponse) => (): void => {
  setTimeout(() => response.destroy(), 100);
};

const damaged = (contents: Uint8Array): Uint8Array => {
  const copy = contents.slice();
  copy[copy.length >> 1]! ^= 1;
  return copy;
};

const redirect =
  (to: string): Fault =>
  ({ response }) => {
    response.writeHead(302, { location: to }).end();
  };

const half = ({ contents }: Exchange): number => contents.length >> 1;

const FAULTS = {
  none: (exchange) => serveWhole(exchange),
  /** Breaks once in the middle. */
  cut: (exchange) => (exchange.before === 0 ? cutAfter(exchange, half(exchange)) : serveWhole(exchange)),
  /** Never gets further than 1000 bytes at a time. */
  "cut-always": (exchange) => cutAfter(exchange, 1000),
  "cut-without-version": (exchange) => {
    if (exchange.before > 0) serveWhole(exchange);
    else cutAfter(exchange, half(exchange), { etag: 'W/"weak"' });
  },
  /** Headers, half of the body, silence. */
  stall: (exchange) => {
    if (exchange.before > 0) serveWhole(exchange);
    else {
      exchange.response.writeHead(200, { etag: ETAG, "content-length": String(exchange.contents.length) });
      exchange.response.write(exchange.contents.subarray(0, half(exchange)));
    }
  },
  /** Not even headers. */
  silent: () => undefined,
  "slow-loris": ({ response, contents }) => {
    response.writeHead(200, { etag: ETAG, "content-length": String(contents.length) });
    let sent = 0;
    const timer = setInterval(() => response.write(contents.subarray(sent, ++sent)), 20);
    response.on("close", () => clearInterval(timer));
  },
  "ignores-range": (exchange) => {
    if (exchange.before === 0) cutAfter(exchange, half(exchange));
    else serveWhole({ ...exchange, from: undefined });
  },
  /** Goes on with another version, though If-Range named the first one. */
  "changes-version": (exchange) => {
    if (exchange.before === 0) cutAfter(exchange, half(exchange));
    else serveWhole(exchange, { etag: '"v2"' });
  },
  "joins-versions": (exchange) => {
    if (exchange.before === 0)
      cutAfter({ ...exchange, contents: exchange.contents.map((byte) => byte ^ 1) }, half(exchange));
    else serveWhole(exchange);
  },
  "wrong-range": (exchange) => {
    if (exchange.before === 0) cutAfter(exchange, half(exchange));
    else if (exchange.from === undefined) serveWhole(exchange);
    else {
      const { response, contents } = exchange;
      response.writeHead(206, { etag: ETAG, "content-range": `bytes 0-${contents.length - 1}/${contents.length}` });
      response.end(contents);
    }
  },
  "range-unasked": ({ response, contents }) => {
    response.writeHead(206, { etag: ETAG, "content-range": `bytes 5-${contents.length - 1}/${contents.length}` });
    response.end(contents.subarray(5));
  },
  "says-more": ({ response, contents }) => {
    response.writeHead(200, { "content-length": String(contents.length + 100) });
    response.write(contents, breakSoon(response));
  },
  "says-less": ({ request, contents }) => {
    request.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${contents.length - 7}\r\nConnection: close\r\n\r\n`);
    request.socket.end(contents);
  },
  "says-huge": ({ response }) => {
    response.writeHead(200, { "content-length": "9007199254740993" });
    response.flushHeaders();
  },
  endless: ({ response }) => {
    response.writeHead(200, { etag: ETAG });
    const more = (): void => {
      if (!response.destroyed) response.write(new Uint8Array(65_536), () => setImmediate(more));
    };
    more();
  },
  "no-length": ({ response, contents }) => {
    response.writeHead(200, { etag: ETAG });
    response.write(contents.subarray(0, 1000));
    response.end(contents.subarray(1000));
  },
  damaged: (exchange) => serveWhole({ ...exchange, contents: damaged(exchange.contents) }),
  "damaged-once": (exchange) => {
    const contents = exchange.before === 0 ? damaged(exchange.contents) : exchange.contents;
    serveWhole({ ...exchange, contents });
  },
  html: ({ response }) => {
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8" })
      .end("<!doctype html><title>Not found</title>");
  },
  gzip: ({ response, contents }) => {
    const packed = gzipSync(contents);
    response.writeHead(200, { "content-encoding": "gzip", "content-length": String(packed.length) }).end(packed);
  },
  "gzip-bomb": ({ response }) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(new Uint8Array(2 ** 24)));
  },
  missing: ({ response }) => {
    response.writeHead(404).end("no");
  },
  broken: ({ response }) => {
    response.writeHead(500).end("no");
  },
  "busy-once": (exchange) => {
    if (exchange.before === 0) exchange.response.writeHead(503).end();
    else serveWhole(exchange);
  },
  circle: redirect("/circle/again"),
  downgrade: redirect("ftp://127.0.0.1/file"),
  nowhere: ({ response }) => {
    response.writeHead(302).end();
  },
  "to-a-file": redirect("file:///etc/passwd"),
  moved: redirect("/none/there"),
  "huge-headers": ({ response, contents }) => {
    response.writeHead(200, { "x-huge": "x".repeat(2 ** 20) }).end(contents);
  },
  "not-http": ({ request }) => {
    request.socket.end("SSH-2.0-OpenSSH_9.9\r\n");
  },
  slow: ({ response, contents }) => {
    response.writeHead(200, { etag: ETAG, "content-length": String(contents.length) });
    let sent = 0;
    const timer = setInterval(() => {
      const next = Math.min(contents.length, sent + Math.ceil(contents.length / 40));
      response.write(contents.subarray(sent, next));
      sent = next;
      if (sent === contents.length) response.end();
    }, 50);
    response.on("close", () => clearInterval(timer));
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

/** @param headers of every answer; with Access-Control-Allow-Origin, pages of other origins may ask */
export async function startFaultyServer(
  contents: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<FaultyServer> {
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    const { url = "/", headers: asked, method = "" } = request;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (method === "OPTIONS") {
      response.writeHead(204, { "access-control-allow-headers": "range, if-range" }).end();
      return;
    }
    requests.push([method, url, asked.range, asked.authorization].filter(Boolean).join(" "));
    const name = url.split("/")[1]! as FaultName;
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    const range = /^bytes=(\d+)-$/.exec(asked.range ?? "");
    const isSame = asked["if-range"] === undefined || asked["if-range"] === ETAG;
    const from = range && isSame ? Number(range[1]) : undefined;
    if (from !== undefined && from >= contents.length) response.writeHead(416).end();
    else FAULTS[name]({ request, response, contents, before, from });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
