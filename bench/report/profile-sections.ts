/** The generated parts of docs/performance.md: where the time of each network goes. */
import type { Profile } from "../layers/profile.ts";
import { kindTable, operatorTable, profileTitle } from "../layers/table.ts";

const NETWORKS = ["vgg16", "resnet50", "mobilenet-v2", "efficientnet-lite0"] as const;

/** By the name of the part. Profiles that were not made say so. */
export function profileSections(profiles: readonly Profile[]): Readonly<Record<string, string>> {
  const sections = NETWORKS.map((network) => {
    const own = profiles.filter(({ settings }) => settings.network === network);
    const text = own.map(section).join("\n\n") || `Not measured yet: \`npm run bench -- --layers ${network}\`.`;
    return [network, text] as const;
  });
  return Object.fromEntries(sections);
}

function section(profile: Profile): string {
  const operators = `<details><summary>Every operator</summary>\n\n${operatorTable(profile)}\n\n</details>`;
  return [`${profileTitle(profile)}:`, kindTable(profile), operators].join("\n\n");
}
