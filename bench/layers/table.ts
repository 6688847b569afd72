/** A profile as Markdown tables, which a terminal shows as well: by operator, by kind, and what is left. */
import { sum } from "../statistics.ts";
import { markdownTable } from "../table.ts";
import { byKind, type OperatorTime, type Profile, rateOf } from "./profile.ts";

const OPERATOR_HEAD = ["operator", "kind", "in → out", "ms", "[p10–p90]", "GFLOP/s", "of the peak", "of the time"];
const KIND_HEAD = ["kind", "operators", "ms", "of the time", "GFLOP/s", "of the peak"];

/** Every operator in the order of execution. */
export function operatorTable(profile: Profile): string {
  const rows = profile.operators.map((operator) => operatorRow(operator, profile));
  return markdownTable(OPERATOR_HEAD, rows);
}

/** The same by kind, with the time that no operator accounts for. */
export function kindTable(profile: Profile): string {
  const { operators, total, outside } = profile;
  const rows = byKind(operators).map(({ kind, count, ms, macs, done }) => [
    kind,
    String(count),
    ms.toFixed(2),
    percent(ms / total.median),
    rate(rateOf(macs, ms)),
    share(rateOf(done, ms), profile),
  ]);
  const macs = sum(operators.map((operator) => operator.macs));
  const done = sum(operators.map((operator) => operator.done));
  rows.push(["between operators", "", outside.median.toFixed(2), percent(outside.median / total.median), "", ""]);
  const all = [rate(rateOf(macs, total.median)), share(rateOf(done, total.median), profile)];
  rows.push(["all", String(operators.length), total.median.toFixed(2), "100 %", ...all]);
  return markdownTable(KIND_HEAD, rows);
}

export function profileTitle({ settings, engine, peak }: Profile): string {
  const { build, threads, node, turbo } = engine;
  const tier = turbo ? `${String(build)} with turbo` : String(build);
  return (
    `${settings.network}, ${settings.work}: ${tier}, ${String(threads)} thread${threads === 1 ? "" : "s"}, Node ` +
    `${String(node)}; the peak of 128-bit multiply-adds is ${peak.toFixed(1)} GFLOP/s per core`
  );
}

function operatorRow({ name, kind, algorithm, shape, pass, ms, macs, done }: OperatorTime, profile: Profile): string[] {
  return [
    name,
    [kind, algorithm, pass === "backward" ? "(gradient)" : ""].filter((word) => word !== "").join(" "),
    shape,
    ms.median.toFixed(3),
    `[${ms.p10.toFixed(3)}–${ms.p90.toFixed(3)}]`,
    rate(rateOf(macs, ms.median)),
    share(rateOf(done, ms.median), profile),
    percent(ms.median / profile.total.median),
  ];
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

const rate = (gflops: number): string => (Number.isNaN(gflops) ? "" : gflops.toFixed(1));

/** Turbo works with 256 bits; each thread has a core. */
function share(gflops: number, { peak, engine }: Profile): string {
  return Number.isNaN(gflops) ? "" : percent(gflops / (peak * (engine["turbo"] ? 2 : 1) * Number(engine["threads"])));
}
