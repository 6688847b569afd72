/** Processes that do the measured work: one per engine, all on the same CPUs, which they never use at the same time. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { BUILD, ROOT } from "./root.ts";

const script = (name: string): string => join(BUILD, "bench/processes", `${name}.js`);

/** Linux has taskset; elsewhere processes run where the system puts them, and the results say so. */
export const canPin = (): boolean => spawnSync("taskset", ["--version"]).status === 0;

function command(cpus: string, words: readonly string[]): [program: string, options: string[]] {
  const [program, ...options] = canPin() ? ["taskset", "--cpu-list", cpus, ...words] : words;
  return [program!, options];
}

export interface Place {
  /** As taskset has it: "0" or "0,1". */
  readonly cpus: string;
  /** Added to this process's own. */
  readonly env: Readonly<Record<string, string>>;
}

/** A process that answers JSON messages over Node's channel. @param words the program and its arguments */
export function startPinned(words: readonly string[], { cpus, env }: Place): ChildProcess {
  const [program, options] = command(cpus, words);
  return spawn(program, options, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** Runs processes/`name`.ts to its end and returns the JSON it prints. */
export const runPinned = <T>(name: string, cpu: number, ...options: readonly string[]): Promise<T> =>
  runPinnedIn<T>(process.execPath, name, String(cpu), options);

/** The same in another Node. @param cpus as taskset has it */
export async function runPinnedIn<T>(node: string, name: string, cpus: string, options: readonly string[]): Promise<T> {
  const [program, words] = command(cpus, [node, script(name), ...options]);
  const child = spawn(program, words, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`processes/${name} ended with exit code ${String(code)}`);
  return JSON.parse(output) as T;
}
