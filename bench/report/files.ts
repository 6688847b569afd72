/** Every generated file, with the content that the results in bench/results/ give it. */
import { readProfiles, readRecords } from "../results.ts";
import { speedChart } from "./speed-chart.ts";
import { formatPage, replacePart } from "./markers.ts";
import { profileSections } from "./profile-sections.ts";
import { resultsPage } from "./results-page.ts";
import { speedSection } from "./speed-section.ts";

/** @param read gives the current text of a file: what stands around the generated parts stays */
export async function generatedFiles(read: (path: string) => string): Promise<Readonly<Record<string, string>>> {
  const records = readRecords();
  let performance = read("docs/performance.md");
  for (const [name, section] of Object.entries(profileSections(readProfiles()))) {
    performance = await replacePart(performance, name, section, "docs/performance.md");
  }
  return {
    "README.md": await replacePart(read("README.md"), "speed", speedSection(records), "README.md"),
    "docs/images/speed.svg": speedChart(records),
    "bench/RESULTS.md": await formatPage(resultsPage(records), "bench/RESULTS.md"),
    "docs/performance.md": performance,
  };
}
