/** npm run bench -- --layers vgg16: measures a profile, prints it and leaves it in results/layers/. */
import type { Settings } from "../cases/bench-case.ts";
import { entrants } from "../contenders/entrants.ts";
import { describeEnvironment } from "../environment.ts";
import { compilePeak } from "../peak.ts";
import { hostCommand } from "../hosts.ts";
import { runPinnedIn } from "../pinned.ts";
import { saveProfile } from "../results.ts";
import type { Profile, ProfileSettings } from "./profile.ts";
import { kindTable, operatorTable, profileTitle } from "./table.ts";

export async function runLayers(settings: ProfileSettings, { cpu, quick }: Settings): Promise<void> {
  compilePeak();
  const environment = describeEnvironment(cpu);
  const [program] = hostCommand(entrants[settings.entrant].host);
  const cpus = Array.from({ length: settings.threads }, (_, i) => cpu + i).join(",");
  const profile = await runPinnedIn<Profile>(program!, "layers", cpus, [JSON.stringify(settings)]);
  console.log([profileTitle(profile), operatorTable(profile), kindTable(profile)].join("\n\n"));
  if (!quick) console.error(`written to ${saveProfile(profile, environment)}`);
}
