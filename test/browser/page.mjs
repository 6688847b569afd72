/** A user's page: the package by its own name, bundled, under a strict Content-Security-Policy. */
import { drawImage, explain, grid, loadModel, overlay, pull, readImage, toBlob } from "gradcam-wasm";
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

/** A picture of raw RGB pixels with a map over it: alone, or as a figure with its label. */
const heated = async ({ url, width, height, map, figure }) => {
  const data = new Uint8ClampedArray(await (await fetch(url)).arrayBuffer());
  const image = overlay({ data, width, height, channels: 3 }, { ...map, data: Float32Array.from(map.data) });
  return figure ? grid([{ image, label: "cat" }], { panelWidth: 90 }) : image;
};

/** The bytes that toBlob gives for a type, and that type; or the code of its error. */
globalThis.exportPicture = async ({ type, quality, ...about }) => {
  try {
    const blob = await toBlob(await heated(about), type, quality);
    return { type: blob.type, bytes: Array.from(new Uint8Array(await blob.arrayBuffer())) };
  } catch (error) {
    return { code: error.code };
  }
};

/** The pixels of a picture that went through a PNG, readImage and a canvas. */
globalThis.throughCanvas = async (about) => {
  const canvas = document.createElement("canvas");
  drawImage(canvas, await readImage(await toBlob(await heated(about))));
  const { data, width, height } = await readImage(canvas);
  return { data: Array.from(data), width, height };
};

/** What it resolves to, or the code of the error. */
const outcome = (promise) => promise.catch((error) => error.code ?? String(error));

globalThis.pullModel = ({ name, ...options }) => outcome(pull(name, options));

globalThis.loadNamed = ({ name, ...options }) => outcome(loadModel(name, options).then((model) => model.name));

/** Why a file is no model here: the code, and what was expected. */
globalThis.refusalOf = async ({ url, limits }) => {
  const file = new globalThis.File([await (await fetch(url)).arrayBuffer()], "model.h5");
  try {
    (await loadModel(file, { limits })).dispose();
    return { code: "none" };
  } catch ({ code, expected, hint }) {
    return { code, expected, hint };
  }
};

/** The code for the embedded model, and what to do. */
globalThis.embeddedRefusal = () =>
  loadModel().then(
    () => ({ code: "none" }),
    ({ code, hint }) => ({ code, hint }),
  );

/** Things to draw that have no pixels, or none for this page. */
const WITHOUT_PIXELS = {
  "a closed ImageBitmap": async () => {
    const bitmap = await globalThis.createImageBitmap(new globalThis.ImageData(2, 2));
    bitmap.close();
    return bitmap;
  },
  "an <img> that was not loaded": () => document.createElement("img"),
  "an <img> that is broken": async () => {
    const image = document.createElement("img");
    image.src = "/favicon.ico";
    await image.decode().catch(() => undefined);
    return image;
  },
  "a <video> without a frame": () => document.createElement("video"),
  "a canvas of no size": () => Object.assign(document.createElement("canvas"), { width: 0, height: 0 }),
  "a canvas with a picture of another origin": async (url) => {
    const image = document.createElement("img");
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas;
  },
};

globalThis.pixelsOf = async ({ kind, url }) => outcome(readImage(await WITHOUT_PIXELS[kind](url)));

/** What a model answers for its inputs: from one file as a File, from several as a list of them, or from a URL. */
globalThis.runModel = async ({ urls, asUrl, inputs }) => {
  const files = await Promise.all(
    urls.map(async (url) => new globalThis.File([await (await fetch(url)).arrayBuffer()], url.split("/").at(-1))),
  );
  const source = asUrl ? urls[0] : files.length === 1 ? files[0] : files;
  const model = await loadModel(source, { engine: { exact: true } });
  const tensors = Object.entries(inputs).map(([name, { shape, values }]) => [
    name,
    { shape, data: Float32Array.from(values) },
  ]);
  const outputs = await model.run(Object.fromEntries(tensors));
  const answer = { format: model.format, outputs: Object.values(outputs).map(({ data }) => Array.from(data)) };
  model.dispose();
  return answer;
};
