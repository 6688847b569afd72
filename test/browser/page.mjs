/** A user's page: the package by its own name, bundled, under a strict Content-Security-Policy. */
import { explain, loadModel } from "gradcam-wasm";
import simdUrl from "gradcam-wasm/simd.wasm?url";

globalThis.violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  globalThis.violations.push(`${violatedDirective} ${blockedURI}`);
});

/** Explains a picture given as raw RGB pixels; numbers come back as plain lists. */
globalThis.explainPixels = async ({ url, width, height, build, fromFile }) => {
  const data = new Uint8ClampedArray(await (await fetch(url)).arrayBuffer());
  const module = fromFile ? await WebAssembly.compileStreaming(fetch(simdUrl)) : undefined;
  const model = await loadModel(undefined, { engine: { build, ...(module && { module }) } });
  const { raw, map, target, engine } = await explain(model, { data, width, height, channels: 3 });
  model.dispose();
  return { raw: Array.from(raw.data), map: Array.from(map.data), label: target.label, engine };
};
