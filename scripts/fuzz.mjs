/**
 * npm run fuzz -- --minutes N [--parser NAME,…]
 * Looks for files that a parser does not refuse as it should: coverage-guided, by jazzer.js, which is installed into test/fuzz/ for
 * it. Begins with the golden files and the corpus of earlier runs; what it learns goes into test/fuzz/corpus/, what it finds into
 * test/fuzz/findings/, where a test reads both from then on. Exits with 1 where something was found.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { packCorpus, unpackCorpus } from "./fuzz/corpus.mjs";
import { loadOnOlderGlibc } from "./fuzz/older-glibc.mjs";

const PARSERS = ["onnx", "tfjs", "keras-config", "zip", "safetensors", "portable", "pictures", "hdf5"];
/** Bytes of the largest file that is tried, seconds until a file counts as a hang on a busy machine, MiB of the whole process. */
const LARGEST = 65_536;
const MOST_SECONDS = 60;
const MOST_MEGABYTES = 3072;

const root = fileURLToPath(new URL("..", import.meta.url));
const home = "test/fuzz";
const build = "build/fuzz";
const jazzer = `${home}/node_modules/@jazzer.js`;

const { values } = parseArgs({ options: { minutes: { type: "string" }, parser: { type: "string" } } });
const minutes = Number(values.minutes ?? 1);
const parsers = values.parser?.split(",") ?? PARSERS;
const unknown = parsers.filter((name) => !PARSERS.includes(name));
if (unknown.length > 0 || !(minutes > 0)) {
  console.error(`npm run fuzz -- --minutes N [--parser NAME,…]: each for N minutes, of ${PARSERS.join(", ")}`);
  process.exit(2);
}
process.chdir(root);
install();
await bundle();
const found = parsers.map(fuzz).some((findings) => findings > 0);
process.exit(found ? 1 : 0);

function install() {
  if (existsSync(jazzer)) return;
  // Without scripts: what they would do is in the package already.
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: home, stdio: "inherit" });
  if (process.platform !== "linux" || process.arch !== "x64") return;
  loadOnOlderGlibc(`${jazzer}/fuzzer/prebuilds/fuzzer-linux-x64.node`);
}

/** The parsers as one file, so that jazzer.js sees plain JavaScript; HDF5 and sharp are not ours, and stay as they are. */
async function bundle() {
  for (const name of ["entry", "seeds"]) {
    const bundled = await rolldown({ input: `${home}/${name}.ts`, platform: "node", external: ["h5wasm", "sharp"] });
    await bundled.write({ file: `${build}/${name}.js`, codeSplitting: false });
    await bundled.close();
  }
}

/** Fuzzes one parser, again and again where a file ends the process, and says how much was tried. How many findings there are. */
function fuzz(parser) {
  const [corpus, findings, log] = [`${build}/corpus/${parser}`, `${home}/findings/${parser}`, `${build}/${parser}.log`];
  for (const folder of [corpus, findings]) mkdirSync(folder, { recursive: true });
  const before = new Set(readdirSync(findings));
  execFileSync(process.execPath, [`${build}/seeds.js`, parser, corpus]);
  const packed = `${home}/corpus/${parser}.json.gz`;
  if (existsSync(packed)) unpackCorpus(packed, corpus);
  const end = Date.now() + minutes * 60_000;
  let [runs, executions, coverage] = [0, 0, 0];
  for (let left = minutes * 60; left > 1; left = Math.round((end - Date.now()) / 1000)) {
    const options = [`-max_total_time=${left}`, `-artifact_prefix=${findings}/`, `-max_len=${LARGEST}`];
    run(parser, [corpus], options, log);
    const said = readFileSync(log, "latin1");
    runs++;
    executions += last(said, /number_of_executed_units: (\d+)/g) || last(said, /^#(\d+)\t/gm);
    coverage = Math.max(coverage, last(said, /cov: (\d+)/g));
  }
  const smallest = `${build}/smallest/${parser}`;
  rmSync(smallest, { recursive: true, force: true });
  mkdirSync(smallest, { recursive: true });
  run(parser, [smallest, corpus], ["-merge=1"], `${log}.merge`);
  const kept = readdirSync(smallest).length > 0 ? packCorpus(smallest, packed) : 0;
  const fresh = readdirSync(findings).filter((name) => !before.has(name));
  if (readdirSync(findings).length === 0) rmSync(findings, { recursive: true });
  const parts = [`${executions} files in ${runs} processes`, `${coverage} branches`, `${kept} files kept`];
  console.log(`${parser}: ${parts.join(", ")}, ${fresh.length} findings${fresh.map((name) => `\n  ${name}`).join("")}`);
  return fresh.length;
}

/** One process of the fuzzer; what it says goes to a log. */
function run(parser, folders, options, log) {
  const limits = [`-timeout=${MOST_SECONDS}`, `-rss_limit_mb=${MOST_MEGABYTES}`, "-print_final_stats=1"];
  const cli = [`${jazzer}/core/dist/cli.js`, `${build}/entry`, ...folders, "--includes", `${build}/`];
  const time = ["--timeout", String(MOST_SECONDS * 1000)];
  const env = { ...process.env, GRADCAM_PARSER: parser, GRADCAM_FINDINGS: `${home}/findings/${parser}` };
  const file = openSync(log, "w");
  spawnSync(process.execPath, [...cli, ...time, "--", ...limits, ...options], { env, stdio: ["ignore", file, file] });
}

/** The last number that a pattern captures, or 0. */
function last(text, pattern) {
  return Number([...text.matchAll(pattern)].at(-1)?.[1] ?? 0);
}
