/** A user's page: the package by its own name, bundled, under a strict Content-Security-Policy. */
import { explain, loadModel, pull } from "gradcam-wasm";
import simdUrl from "gradcam-wasm/simd.wasm?url";

globalThis.violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  globalThis.violations.push(`${violatedDirective} ${blockedURI}`);
});

/** Time for workers to start. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Explains a picture given as raw RGB pixels, `passes` times; numbers come back as plain lists. */
globalThis.explainPixels = async ({ url, width, height, build, fromFile, threads = "auto", passes = 1 }) => {
  const data = new Uint8ClampedArray(await (await fetch(url)).arrayBuffer());
  const module = fromFile ? await WebAssembly.compileStreaming(fetch(simdUrl)) : undefined;
  const model = await loadModel(undefined, { engine: { build, threads, ...(module && { module }) } });
  const picture = { data, width, height, channels: 3 };
  for (let pass = 1; pass < passes; pass++) await explain(model, picture).then(pause);
  const { raw, map, target, engine } = await explain(model, picture);
  model.dispose();
  return { raw: Array.from(raw.data), map: Array.from(map.data), label: target.label, engine };
};

/** What it resolves to, or the code of the error. */
const outcome = (promise) => promise.catch((error) => error.code ?? String(error));

globalThis.pullModel = ({ name, ...options }) => outcome(pull(name, options));

globalThis.loadNamed = ({ name, ...options }) => outcome(loadModel(name, options).then((model) => model.name));
