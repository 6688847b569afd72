/** Processes that do the measured work: one per engine, all on the same CPU, which they never use at the same time. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { BUILD, ROOT } from "./root.ts";

const script = (name: string): string => join(BUILD, "bench/processes", `${name}.js`);

/** Linux has taskset; elsewhere processes run where the system puts them, and the results say so. */
export const canPin = (): boolean => spawnSync("taskset", ["--version"]).status === 0;

function command(cpu: number, options: readonly string[]): [program: string, options: string[]] {
  if (!canPin()) return [process.execPath, [...options]];
  return ["taskset", ["--cpu-list", String(cpu), process.execPath, ...options]];
}

/** A process that answers messages: processes/`name`.ts. */
export function startPinned(name: string, options: readonly string[], cpu: number): ChildProcess {
  const [program, rest] = command(cpu, [script(name), ...options]);
  return spawn(program, rest, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" });
}

/** Runs processes/`name`.ts to its end and returns the JSON it prints. */
export async function runPinned<T>(name: string, cpu: number, ...options: readonly string[]): Promise<T> {
  const [program, rest] = command(cpu, [script(name), ...options]);
  const child = spawn(program, rest, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`processes/${name} ended with exit code ${String(code)}`);
  return JSON.parse(output) as T;
}
