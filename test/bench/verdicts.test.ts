import { describe, expect, it } from "vitest";
import { type Bar, BARS } from "../../bench/bars.ts";
import { races, measurements } from "../../bench/cases/index.ts";
import { entrants, type EntrantName } from "../../bench/contenders/entrants.ts";
import type { Environment } from "../../bench/environment.ts";
import type { EntrantRecord, RaceRecord, ValuesRecord } from "../../bench/record.ts";
import { summarize } from "../../bench/statistics.ts";
import { barTable, raceNotes, raceTable } from "../../bench/table.ts";
import { find, verdictOf } from "../../bench/verdicts.ts";

const environment: Environment = {
  cpu: { model: "CPU", cores: 2, vectors: "avx2" },
  memoryGiB: 8,
  system: "Linux",
  versions: { node: "20.0.0", v8: "11" },
  flags: "",
  pinnedTo: 0,
  load: [0, 0, 0],
  commit: "abc",
};

const took = (name: EntrantName, ms: number, threads = 1): EntrantRecord => ({
  name,
  threads,
  description: { build: "relaxed", node: "20.0.0" },
  loadMs: 1,
  bytes: {},
  untimed: name === "tfjs-wasm" ? { "grad-cam": "wrong values" } : {},
  lanes: [{ work: "forward", ms: summarize([ms]), warmUp: [], rounds: [[ms], [ms], [ms]] }],
});

const race: RaceRecord = {
  kind: "race",
  case: "vgg16",
  date: "2026-01-01T00:00:00Z",
  quick: false,
  environment,
  network: "VGG16",
  threads: 1,
  isa: "native",
  entrants: [took("gradcam-wasm", 200), took("tfjs-node", 500), took("tfjs-node oneDNN", 400), took("tfjs-wasm", 1300)],
  absent: { mnn: "not installed" },
};

const bar = (who: readonly EntrantName[], limit: number, goal?: number): Bar => ({
  title: "a bar",
  of: {
    case: "vgg16",
    threads: 1,
    above: { who: ["gradcam-wasm"], work: "forward" },
    below: { who, work: "forward" },
  },
  sense: "≤",
  limit,
  ...(goal !== undefined && { goal }),
});

describe("a bar", () => {
  it("compares with the fastest way to run an engine, and says which it was", () => {
    const found = find(bar(["tfjs-node", "tfjs-node oneDNN"], 1), [race], "native");
    expect(found).toMatchObject({
      value: 0.5,
      unit: "×",
      detail: expect.stringContaining("tfjs-node oneDNN 400 ms") as string,
    });
  });

  it("is a goal, a pass or missed", () => {
    const verdict = (limit: number, goal?: number): string => {
      const one = bar(["tfjs-node oneDNN"], limit, goal);
      return verdictOf(one, find(one, [race], "native"));
    };
    expect([verdict(0.6, 0.5), verdict(0.6, 0.4), verdict(0.6), verdict(0.4)]).toEqual([
      "goal",
      "pass",
      "pass",
      "MISSED",
    ]);
  });

  it("says why it was not measured", () => {
    expect(find(bar(["mnn"], 1), [race], "native")).toEqual({ missing: "mnn: not installed" });
    expect(find(bar(["ncnn"], 1), [race], "native")).toEqual({ missing: "ncnn did not take part" });
    expect(find(bar(["mnn"], 1), [race], "avx2")).toEqual({ missing: "vgg16.1t.avx2 was not run" });
    const one = bar(["mnn"], 1);
    expect(verdictOf(one, find(one, [race], "native"))).toBe("not measured");
  });

  it("compares one thread with two within the race of two", () => {
    const two = { ...race, threads: 2, entrants: [took("gradcam-wasm", 180, 1), took("gradcam-wasm", 100, 2)] };
    const scaling = BARS.find(({ title }) => title === "VGG16 forward, 1 thread / 2 threads")!;
    expect(find(scaling, [race, two], "native")).toMatchObject({ value: 1.8 });
  });

  it("reads a number by its name", () => {
    const values: ValuesRecord = {
      kind: "values",
      case: "size",
      date: "",
      quick: false,
      environment,
      values: [{ name: "core", value: 150, unit: "kB", detail: "files" }],
    };
    const core = BARS.find(({ of }) => "value" in of && of.case === "size")!;
    expect(verdictOf(core, find(core, [values], "native"))).toBe("pass");
  });
});

describe("the promises", () => {
  it("name cases, engines and kinds of work that are measured", () => {
    for (const { title, of } of BARS) {
      if ("value" in of) expect(Object.keys(measurements), title).toContain(of.case);
      else {
        const { runners, works } = races[of.case as keyof typeof races];
        const here = runners({ threads: of.threads, isa: "native" }, false).map(({ name }) => name);
        for (const { who, work } of [of.above, of.below]) {
          expect(works, title).toContain(work);
          expect(here, title).toEqual(expect.arrayContaining([...who]));
          expect(Object.keys(entrants), title).toEqual(expect.arrayContaining([...who]));
        }
      }
    }
  });

  it("have goals beyond their limits", () => {
    for (const { title, sense, limit, goal = limit } of BARS) {
      expect(sense === "≤" ? goal <= limit : goal >= limit, title).toBe(true);
    }
  });
});

describe("tables", () => {
  it("show every engine, also those that are faster than ours", () => {
    const table = raceTable({ ...race, entrants: [...race.entrants, took("openvino", 100)] });
    expect(table.split("\n")[2]).toMatch(/forward \| openvino .*0\.50 ×/);
    expect(table).toMatch(/gradcam-wasm, relaxed, Node 20 .*1\.00 ×/);
  });

  it("name who is absent and what was not timed", () => {
    expect(raceNotes(race)).toEqual(["tfjs-wasm, grad-cam: not timed, wrong values", "mnn: absent, not installed"]);
  });

  it("show a second pair of columns once AVX-512 was hidden", () => {
    expect(barTable([race], { unmeasured: false })).not.toContain("with AVX2");
    expect(barTable([race, { ...race, isa: "avx2" }], { unmeasured: false })).toContain("with AVX2");
    expect(barTable([race], { unmeasured: true }).split("\n")).toHaveLength(BARS.length + 2);
  });
});
