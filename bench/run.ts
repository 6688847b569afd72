/**
 * npm run bench -- [case…] [--quick] [--cpu n] [--clean]
 * npm run bench -- --layers network [--work grad-cam] [--build simd]: where the time goes, operator by operator.
 * Measures, prints a table with bars and verdicts, and writes results/<date>-<case>.json. A missed bar is a result,
 * not a failure; contenders that disagree are a failure.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cleanCache } from "./cache.ts";
import type { CaseResult, Line, Settings } from "./cases/bench-case.ts";
import { type CaseName, cases, PROMISES } from "./cases/index.ts";
import { describeEnvironment, type Environment } from "./environment.ts";
import { PROFILED_BUILDS, PROFILED_WORKS } from "./layers/profile.ts";
import { runLayers } from "./layers/run.ts";
import { networks } from "./networks/index.ts";
import { ROOT } from "./root.ts";
import { formatTable } from "./table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    cpu: { type: "string", default: "0" },
    clean: { type: "boolean", default: false },
    layers: { type: "string" },
    work: { type: "string", default: "forward" },
    build: { type: "string", default: "auto" },
  },
});

function chosenCases(): readonly CaseName[] {
  const unknown = positionals.filter((name) => !Object.hasOwn(cases, name));
  if (unknown.length > 0) throw new Error(`no case ${unknown.join(", ")}; there are ${Object.keys(cases).join(", ")}`);
  return positionals.length > 0 ? (positionals as CaseName[]) : PROMISES;
}

function save(name: CaseName, environment: Environment, settings: Settings, { lines, data }: CaseResult): void {
  const date = new Date().toISOString();
  const folder = join(ROOT, "bench/results");
  mkdirSync(folder, { recursive: true });
  const record = { case: name, date, settings, environment, lines, ...data };
  writeFileSync(join(folder, `${date.slice(0, 10)}-${name}.json`), `${JSON.stringify(record)}\n`);
}

async function main(): Promise<void> {
  const settings: Settings = { quick: values.quick, cpu: Number(values.cpu) };
  const lines: Line[] = [];
  for (const name of chosenCases()) {
    const environment = describeEnvironment(settings.cpu);
    console.error(`${cases[name].title} (load average ${environment.load.join(", ")})`);
    try {
      const result = await cases[name].run(settings);
      save(name, environment, settings, result);
      lines.push(...result.lines);
    } catch (error) {
      console.error(`  ${String(error)}`);
      lines.push({ what: cases[name].title, unit: "", detail: `failed: ${String(error)}` });
      process.exitCode = 1;
    }
  }
  const { cpu, versions } = describeEnvironment(settings.cpu);
  const machine = `${cpu.model} (${cpu.family ?? "?"}; ${cpu.vectors}), ${cpu.cores} cores, Node ${versions.node}`;
  console.log(`${machine}, 1 thread, medians [p10–p90]\n\n${formatTable(lines)}`);
}

async function profile(network: string): Promise<void> {
  const { work, build, quick, cpu } = values;
  oneOf("--layers", network, Object.keys(networks));
  const settings = {
    network,
    work: oneOf("--work", work, PROFILED_WORKS),
    build: oneOf("--build", build, PROFILED_BUILDS),
    runs: quick ? 10 : 30,
  };
  await runLayers(settings, Number(cpu));
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${option} ${value}: expected ${choices.join(", ")}`);
  return found;
}

if (values.clean) cleanCache();
else if (values.layers !== undefined) await profile(values.layers);
else await main();
