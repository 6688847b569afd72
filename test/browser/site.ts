/** The page as users ship it: bundled by Vite, served over HTTP with a strict Content-Security-Policy. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build, type Rolldown } from "vite";

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** Path (with leading slash) → contents. */
export type Files = Map<string, string | Uint8Array>;

/** Bundles index.html in memory. */
export async function bundledPage(): Promise<Files> {
  const result = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "error",
    build: { write: false, target: "es2022", chunkSizeWarningLimit: Infinity },
  });
  const { output } = result as Rolldown.RolldownOutput;
  const files: Files = new Map([["/favicon.ico", ""]]);
  for (const file of output) files.set(`/${file.fileName}`, file.type === "chunk" ? file.code : file.source);
  return files;
}

export interface Site {
  readonly origin: string;
  close(): void;
}

/** What a page needs to get SharedArrayBuffer. */
const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Serves the files on a free port of this machine; an isolated page may use threads, any page talks to `connect` besides; none compiles without `wasm`. */
export async function serve(
  files: Files,
  {
    isolated,
    connect,
    wasm = true,
  }: { readonly isolated: boolean; readonly connect?: string; readonly wasm?: boolean },
): Promise<Site> {
  const allowed = wasm ? POLICY : POLICY.replace(" 'wasm-unsafe-eval'", "");
  const policy = connect === undefined ? allowed : `${allowed}; connect-src 'self' ${connect}`;
  const server: Server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "");
    const contents = files.get(path);
    const type = TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    const headers = { "content-type": type, "content-security-policy": policy, ...(isolated && ISOLATION) };
    response.writeHead(contents === undefined ? 404 : 200, headers);
    response.end(contents);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
