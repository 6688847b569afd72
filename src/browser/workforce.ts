/** Workers of a page for the core. */
import type { Workforce } from "../wasm/workforce.ts";

export const BROWSER_WORKFORCE: Workforce = {
  cores: () => navigator.hardwareConcurrency,
  start(post, ended) {
    // Written out in full: bundlers recognise this form and ship the file.
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("error", ({ message }) => {
      ended(`a worker ended: ${message || "its file could not be loaded"}`);
    });
    worker.postMessage(post);
    return worker;
  },
};
