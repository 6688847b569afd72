// @ts-check
/** The entry of a worker in a page. */
import { serve } from "./wasm/serve.js";

globalThis.addEventListener("message", ({ data }) => serve(data), { once: true });
