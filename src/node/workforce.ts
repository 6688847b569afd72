/** Worker threads of Node for the core. */
import { availableParallelism } from "node:os";
import { SHARE_ENV, Worker } from "node:worker_threads";
import type { Workforce } from "../wasm/workforce.ts";

export const NODE_WORKFORCE: Workforce = {
  cores: availableParallelism,
  start(post, ended) {
    // Flags of the process, such as loaders, are nothing that a worker needs; V8's are shared anyway.
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: post,
      execArgv: [],
      env: SHARE_ENV,
    });
    worker.on("error", (error) => {
      ended(`a worker ended: ${error.message}`);
    });
    worker.on("exit", (code) => {
      ended(`a worker ended with code ${code}`);
    });
    // Idle workers keep no process alive.
    worker.unref();
    return { terminate: () => void worker.terminate() };
  },
};
