/**
 * Bundles src/ into few files in dist/: a process that starts spends half a millisecond on every module it imports.
 * Entries keep their names; what they share lies in image.js (pictures, errors: all that the command needs for its help) and
 * core.js; what is imported when it is needed, such as the builds of the core, stays apart.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const src = fileURLToPath(new URL("../src", import.meta.url));
const ENTRIES = ["index", "node", "browser", "cli/bin"];
const IMAGE = /^(image|report)\/|^(errors|shape|version|cam\/normalize)\.ts$/;
const APART = /^(cli|wasm\/generated)\/|^(node|browser)\b/;

const inside = (id) => id.startsWith(src) && id.slice(src.length + 1).replaceAll("\\", "/");
const groups = [
  { name: "image", priority: 1, test: (id) => IMAGE.test(inside(id)) },
  { name: "core", test: (id) => inside(id) && !APART.test(inside(id)) },
];

const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((name) => [name, join(src, `${name}.ts`)])),
  platform: "neutral",
  external: (id) => !/^[./]|^[a-z]:\\/i.test(id),
});
await bundle.write({
  dir: join(src, "../dist"),
  chunkFileNames: ({ facadeModuleId }) =>
    /\bgenerated\b/.test(facadeModuleId) ? "wasm/generated/[name].js" : "[name].js",
  codeSplitting: { groups },
});
await bundle.close();
