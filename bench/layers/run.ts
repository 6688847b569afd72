/** npm run bench -- --layers vgg16: measures a profile, prints it and leaves it in results/layers/. */
import { describeEnvironment } from "../environment.ts";
import { compilePeak } from "../peak.ts";
import { runPinned } from "../pinned.ts";
import { saveProfile } from "../results.ts";
import type { Profile, ProfileSettings } from "./profile.ts";
import { kindTable, operatorTable, profileTitle } from "./table.ts";

export async function runLayers(settings: ProfileSettings, cpu: number): Promise<void> {
  compilePeak();
  const environment = describeEnvironment(cpu);
  const profile = await runPinned<Profile>("layers", cpu, JSON.stringify(settings));
  const path = saveProfile(profile, environment);
  console.log([profileTitle(profile), operatorTable(profile), kindTable(profile)].join("\n\n"));
  console.error(`written to ${path}`);
}
