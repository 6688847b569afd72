/** Ten thousand changed models of each kind: they load, or fail with a code; nothing else, and soon. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { GradCamError } from "../../../src/errors.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { type Folder, folderSource } from "../../support/folder-source.ts";
import { folderOf, operatorCases } from "../../support/tfjs-operators.ts";

const RUNS = 10_000;

const golden = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../golden/tfjs/${path}`, import.meta.url)));

/** Words that JSON means something by, and numbers that are trouble. */
const PIECES = ["null", "{}", "[]", "-1", "0", "1e400", "2147483648", '"x"', "true", '"__proto__"', "[[]]"];

interface Change {
  readonly at: number;
  readonly length: number;
  readonly text: string;
  readonly wholeValue: boolean;
}

/** A place in the text, and what stands there instead of the next value or of some bytes. */
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.noBias(fc.integer({ min: 0, max: 1_000_000 })).map((n) => n / 1_000_001),
  length: fc.integer({ min: 0, max: 40 }),
  text: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })),
  wholeValue: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
});

function changed(text: string, { at, length, text: piece, wholeValue }: Change): string {
  const start = Math.floor(at * text.length);
  if (!wholeValue) return text.slice(0, start) + piece + text.slice(start + length);
  // From the next colon or comma to the end of a simple value.
  const value = /[:,[]\s*("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)/.exec(text.slice(start));
  if (!value) return text;
  const from = start + value.index + value[0].length - value[1]!.length;
  const valid = PIECES.includes(piece) ? piece : JSON.stringify(piece);
  return text.slice(0, from) + valid + text.slice(from + value[1]!.length);
}

const model = (name: string): Folder => {
  const shard = "group1-shard1of1.bin";
  return { "model.json": new TextDecoder().decode(golden(`${name}/model.json`)), [shard]: golden(`${name}/${shard}`) };
};

it.each([
  ["graph-model", [model("graph_small_uint8")]],
  ["layers-model", [model("layers_small_f32")]],
  ["graph of a few operators", operatorCases().map(folderOf)],
])(
  "a changed %s loads or fails with a code",
  async (_, folders) => {
    const outcomes = new Map<string, number>();
    const whole = fc.nat({ max: folders.length - 1 });
    await fc.assert(
      fc.asyncProperty(whole, fc.array(change, { minLength: 1, maxLength: 3 }), async (which, changes) => {
        const folder = folders[which]!;
        const files: Folder = { ...folder, "model.json": changes.reduce(changed, folder["model.json"] as string) };
        const outcome = await loadGraph(folderSource(files, "model.json"), { format: "tfjs" }).then(
          () => "loaded",
          (error: unknown) => (error instanceof GradCamError ? error.code : `not a GradCamError: ${String(error)}`),
        );
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        expect(outcome).toMatch(/^(loaded|E_(?!INTERNAL)\w+)$/);
      }),
      { numRuns: RUNS, seed: 7 },
    );
    // The changes reach beyond the JSON parser.
    expect(outcomes.get("loaded")).toBeGreaterThan(RUNS / 100);
    expect(outcomes.size).toBeGreaterThan(8);
  },
  120_000,
);
