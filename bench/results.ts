/** The files of bench/results/: one per measurement, replaced by its next run; git keeps the older ones. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./environment.ts";
import type { Profile } from "./layers/profile.ts";
import type { BenchRecord } from "./record.ts";
import { BUILD, ROOT } from "./root.ts";

/** Published results. */
const RESULTS = join(ROOT, "bench/results");
const PROFILES = join(RESULTS, "layers");
/** Quick ones are for the eye of whoever ran them. */
const QUICK = join(BUILD, "quick-results");

/** Digits that a clock of microseconds can stand for: decimals of what is large, all digits of what is small (agreement is 1e-6). */
const DIGITS = 4;

/** "vgg16.1t.native": what distinguishes a measurement from others of its case. */
export const nameOf = (record: BenchRecord): string =>
  record.kind === "race" ? `${record.case}.${record.threads}t.${record.isa}` : record.case;

export function saveRecord(record: BenchRecord): string {
  const folder = record.quick ? QUICK : RESULTS;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${nameOf(record)}.json`);
  writeFileSync(path, `${JSON.stringify(record, rounded)}\n`);
  return path;
}

/** All published records, by name. */
export function readRecords(): BenchRecord[] {
  return readdirSync(RESULTS)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(RESULTS, file), "utf8")) as BenchRecord);
}

/** All published profiles, by name. */
export function readProfiles(): Profile[] {
  if (!existsSync(PROFILES)) return [];
  return readdirSync(PROFILES)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(PROFILES, file), "utf8")) as Profile);
}

export function saveProfile(profile: Profile, environment: Environment): string {
  const { network, work, entrant, threads } = profile.settings;
  mkdirSync(PROFILES, { recursive: true });
  const how = entrant.replace("gradcam-wasm", "").replaceAll(/[ ,]+/g, "-").replace(/^-/, "").toLowerCase();
  const name = [network, work, `${threads}t`, how].filter((word) => word !== "").join(".");
  const path = join(PROFILES, `${name}.json`);
  const record = { date: new Date().toISOString(), environment, ...profile };
  writeFileSync(path, `${JSON.stringify(record, rounded)}\n`);
  return path;
}

export const rounded = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value)
    ? Number(Math.abs(value) < 1 ? value.toPrecision(DIGITS) : value.toFixed(DIGITS))
    : value;

/** The published record of this name; undefined when there is none. */
export function readRecord(name: string): BenchRecord | undefined {
  const path = join(RESULTS, `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as BenchRecord) : undefined;
}
