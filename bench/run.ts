/**
 * npm run bench -- --help
 * Measures, prints tables with bars and verdicts, and writes results/<name>.json. A missed bar is a result, not a
 * failure; contenders that disagree are a failure.
 */
import { cleanCache } from "./cache.ts";
import { measurements, races } from "./cases/index.ts";
import { runRace } from "./cases/race.ts";
import { describeEnvironment } from "./environment.ts";
import { runLayers } from "./layers/run.ts";
import { type Options, readOptions, usage } from "./options.ts";
import type { BenchRecord } from "./record.ts";
import { readRecord, saveRecord } from "./results.ts";
import { type Task, tasksOf } from "./suite.ts";
import { barTable, raceNotes, raceTable, valuesTable } from "./table.ts";

async function measure(task: Task, { quick, cpu }: Options): Promise<BenchRecord> {
  if (task.kind === "race") return runRace(races[task.case as keyof typeof races], task.sitting, { quick, cpu });
  const environment = describeEnvironment(cpu);
  const date = new Date().toISOString();
  const values = await measurements[task.case as keyof typeof measurements].run({ quick, cpu });
  return { kind: "values", case: task.case, date, quick, environment, values };
}

function print(record: BenchRecord): void {
  if (record.kind === "values") console.log(`\n${valuesTable(record)}`);
  else console.log(["", raceTable(record), ...raceNotes(record)].join("\n"));
}

/** Measured at this commit, with all rounds. */
const isDone = ({ name }: Task, commit: string): boolean => readRecord(name)?.environment.commit === commit;

async function main(options: Options): Promise<void> {
  const { cpu, versions, commit } = describeEnvironment(options.cpu);
  const tasks = tasksOf(options, cpu.vectors.includes("avx512f"));
  if (options.list) {
    console.log(tasks.map(({ name }) => name).join("\n"));
    return;
  }
  console.log(`${cpu.model} (${cpu.family ?? "?"}; ${cpu.vectors}), ${cpu.cores} cores, Node ${versions.node}`);
  const records: BenchRecord[] = [];
  for (const task of tasks) {
    if (options.resume && isDone(task, commit)) continue;
    console.log(`\n${task.name} (load average ${describeEnvironment(options.cpu).load.join(", ")})`);
    try {
      const record = await measure(task, options);
      console.error(`  written to ${saveRecord(record)}`);
      print(record);
      records.push(record);
    } catch (error) {
      console.error(`  failed: ${String(error)}`);
      process.exitCode = 1;
    }
  }
  console.log(`\n${barTable(records, { unmeasured: false })}`);
}

const options = readOptions(process.argv.slice(2));
if (options.help) console.log(usage());
else if (options.clean) cleanCache();
else if (options.layers) await runLayers(options.layers, options);
else await main(options);
