/**
 * Bundles src/ into few files in dist/: a process that starts spends half a millisecond on every module it imports.
 * Entries keep their names; what they share lies in image.js (pictures, errors: all that the command needs for its help) and
 * core.js, what workers share with them in serve.js; what is imported when it is needed, such as the builds of the core, stays apart.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const src = fileURLToPath(new URL("../src", import.meta.url));
const ENTRIES = ["index.ts", "node.ts", "browser.ts", "cli/bin.ts", "node-worker.js", "browser-worker.js"];
const IMAGE = /^(image|report)\/|^(errors|shape|version|cam\/normalize)\.ts$/;
const APART = /^(cli|wasm\/generated)\/|^(node|browser)\b/;

const inside = (id) => id?.startsWith(src) && id.slice(src.length + 1).replaceAll("\\", "/");
const groups = [
  { name: "serve", priority: 2, test: (id) => /^wasm\/(serve|control)\.js$/.test(inside(id)) },
  { name: "image", priority: 1, test: (id) => IMAGE.test(inside(id)) },
  { name: "core", test: (id) => inside(id) && !APART.test(inside(id)) },
];

const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((name) => [name.replace(/\..*/, ""), join(src, name)])),
  platform: "neutral",
  external: (id) => !/^[./]|^[a-z]:\\/i.test(id),
});
await bundle.write({
  dir: join(src, "../dist"),
  chunkFileNames({ facadeModuleId, moduleIds }) {
    const [, folder] = APART.exec(inside(facadeModuleId ?? moduleIds[0])) ?? [];
    return folder ? `${folder}/[name].js` : "[name].js";
  },
  codeSplitting: { groups },
  // A quarter of the code once gzipped; the declarations keep them, where editors look.
  comments: { jsdoc: false },
});
await bundle.close();
