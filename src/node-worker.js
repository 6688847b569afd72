// @ts-check
/** The entry of a worker thread in Node. */
import { workerData } from "node:worker_threads";
import { serve } from "./wasm/serve.js";

serve(workerData);
