/** One piece of work in one race, as a reader wants it: who took how long, the fastest of each engine's settings first. */
import type { Work } from "../contenders/contender.ts";
import type { EntrantRecord, LaneRecord, RaceRecord } from "../record.ts";

export interface Place {
  readonly entrant: EntrantRecord;
  readonly lane: LaneRecord;
}

const OURS = "gradcam-wasm";

const isOurs = ({ name }: Pick<EntrantRecord, "name">): boolean => name.startsWith(OURS);

/** Everybody who did `work` with the threads of the race, the fastest first. */
export function places(race: RaceRecord, work: Work): Place[] {
  return race.entrants
    .filter(({ threads }) => threads === race.threads)
    .flatMap((entrant) => entrant.lanes.filter((lane) => lane.work === work).map((lane): Place => ({ entrant, lane })))
    .sort((a, b) => a.lane.ms.median - b.lane.ms.median);
}

/** "gradcam-wasm, relaxed, Node 20", "tfjs-node 4.22.0, oneDNN": an engine with everything that explains its speed. */
export function labelOf({ name, description }: EntrantRecord): string {
  if (!isOurs({ name })) return name;
  const tier = description["turbo"] === true ? "turbo" : String(description["build"]);
  const exact = name.includes("exact") ? "exact, " : "";
  const [major] = String(description["node"] ?? "").split(".");
  return `${OURS}, ${exact}${tier}${major ? `, Node ${major}` : ""}`;
}
