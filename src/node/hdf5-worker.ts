/** A worker thread for one HDF5 file: no flags, no environment, and no reason for the process to stay while nothing is asked. */
import { Worker } from "node:worker_threads";
import type { StartHdf5 } from "../load/hdf5/connection.ts";
import type { Hdf5Answer } from "../load/hdf5/service.ts";

/** Starts `script`, the bundle of src/node-hdf5-worker.ts. */
export const hdf5Starter =
  (script: URL): StartHdf5 =>
  (listener) => {
    const worker = new Worker(script, { execArgv: [], env: {} });
    let waiting = 0;
    worker.unref();
    worker.on("message", (answer: Hdf5Answer) => {
      if (--waiting === 0) worker.unref();
      listener.answer(answer);
    });
    worker.on("error", (error) => {
      listener.ended(`its worker ended: ${error.message}`);
    });
    worker.on("exit", (code) => {
      listener.ended(`its worker ended with code ${code}`);
    });
    return {
      reads: "file",
      post(request, transfer) {
        waiting++;
        worker.ref();
        worker.postMessage(request, transfer);
      },
      terminate: () => void worker.terminate(),
    };
  };
