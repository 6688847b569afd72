/** npm run bench -- --layers vgg16: measures a profile, prints it and leaves it in results/layers/. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeEnvironment } from "../environment.ts";
import { compilePeak } from "../peak.ts";
import { runPinned } from "../pinned.ts";
import { ROOT } from "../root.ts";
import type { Profile, ProfileSettings } from "./profile.ts";
import { kindTable, operatorTable, profileTitle } from "./table.ts";

const FOLDER = join(ROOT, "bench/results/layers");

export async function runLayers(settings: ProfileSettings, cpu: number): Promise<void> {
  compilePeak();
  const environment = describeEnvironment(cpu);
  const profile = await runPinned<Profile>("layers", cpu, JSON.stringify(settings));
  mkdirSync(FOLDER, { recursive: true });
  const name = [settings.network, settings.work, settings.build === "auto" ? "" : settings.build].filter(Boolean);
  const record = { date: new Date().toISOString(), environment, ...profile };
  writeFileSync(join(FOLDER, `${name.join(".")}.json`), `${JSON.stringify(record)}\n`);
  console.log([profileTitle(profile), operatorTable(profile), kindTable(profile)].join("\n\n"));
}
