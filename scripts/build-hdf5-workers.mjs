/**
 * Bundles the workers that HDF5 runs in, each into one file beside the sources that start it: worker threads know neither
 * TypeScript nor the chunks of dist/, and h5wasm is all they import.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const src = fileURLToPath(new URL("../src", import.meta.url));

for (const name of ["node-hdf5-worker", "browser-hdf5-worker"]) {
  const bundle = await rolldown({
    input: join(src, `${name}.ts`),
    platform: "neutral",
    external: (id) => !/^[./]|^[a-z]:\\/i.test(id),
  });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  const file = join(src, `generated/${name}.js`);
  // The package is built again when a source is newer than it: what has not changed is left alone.
  if (!existsSync(file) || readFileSync(file, "utf8") !== output[0].code) {
    mkdirSync(join(src, "generated"), { recursive: true });
    writeFileSync(file, output[0].code);
  }
}
