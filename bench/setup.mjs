/**
 * npm run bench:setup -- [--only NAME,…]
 * Installs the engines that we are compared with into bench/contenders/, and builds what has to be built: packages of npm
 * without their install scripts, packages of PyPI in an environment of their own, the native part of tfjs-node, the AVX2
 * mask. Safe to run again. What cannot be had on this machine is named with the reason, and the benchmarks do without it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildTfjsNode } from "./setup-tfjs-node.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const contenders = join(here, "contenders");
const venv = join(contenders, ".venv");
const mask = join(here, "../build/bench/mask-cpu");

const run = (program, options, cwd = contenders) =>
  execFileSync(program, options, { cwd, stdio: ["ignore", "inherit", "inherit"] });

const onLinux = () => {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("Linux on x86-64 only");
};

const PARTS = {
  npm: {
    gives: "onnxruntime-node, onnxruntime-web, tfjs-wasm, jax-js, Node 22, 24 and 26 (2 GB)",
    install: () => run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
  },
  mask: {
    gives: "the AVX2 mask: --isa avx2",
    install() {
      onLinux();
      mkdirSync(mask, { recursive: true });
      // initfirst: before the constructors of other libraries look at the CPU.
      const link = ["-Wl,-z,initfirst", "-ldl"];
      const options = ["-O2", "-Wall", "-shared", "-fPIC", join(here, "mask-cpu/mask-cpu.c"), ...link];
      run("gcc", [...options, "-o", join(mask, "mask-cpu.so")]);
    },
  },
  "tfjs-node": {
    gives: "tfjs-node: the TensorFlow library of a PyPI wheel and the addon, compiled here (0.8 GB)",
    install() {
      onLinux();
      buildTfjsNode(contenders, run);
    },
  },
  python: {
    gives: "PyTorch, OpenVINO, MNN, ncnn (6 GB: the PyTorch of PyPI brings CUDA along)",
    install() {
      if (!existsSync(join(venv, "bin/python"))) run("python3", ["-m", "venv", venv]);
      run(join(venv, "bin/pip"), ["install", "--quiet", "--requirement", "python/requirements.txt"]);
    },
  },
};

const { values } = parseArgs({ options: { only: { type: "string" }, help: { type: "boolean", default: false } } });
const names = values.only?.split(",") ?? Object.keys(PARTS);
const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));

if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`no part ${unknown.join(", ")}`);
  console.log(
    [
      "npm run bench:setup -- [--only NAME,…]",
      ...Object.entries(PARTS).map(([name, { gives }]) => `  ${name.padEnd(10)} ${gives}`),
    ].join("\n"),
  );
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  for (const name of names) {
    console.error(`== ${name}: ${PARTS[name].gives}`);
    try {
      PARTS[name].install();
    } catch (error) {
      console.error(`absent: ${name}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    }
  }
}
