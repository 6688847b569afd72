/** Every method against the published formula, and in its compat modes against the package: maps before normalisation. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain, type ExplainOptions, type Explanation, loadModel, type Model } from "../../src/node.ts";
import type { MethodName } from "../../src/methods.ts";
import { relativeL2 } from "../support/golden.ts";
import { cases, type Parity } from "./cases.ts";
import { blockMeans, picture, type Row, rowsOf, valuesOf } from "./laboratory.ts";

const HEAD = "_relu_head";
const RAW = ["raw", "relu", "map28", undefined];

describe.each(Object.entries(cases).filter(([, { parity }]) => parity.length > 0))("%s", (name, { parity }) => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel();
  });
  afterAll(() => {
    model.dispose();
  });

  it.each(parity.map((row) => [row.source, row.method, JSON.stringify(row.options ?? {}), row] as const))(
    "is what %s calls %s, with %s",
    async (_source, _method, _options, wanted) => {
      const rows = rowsFor(wanted);
      expect(rows.length).toBeGreaterThanOrEqual(3);
      for (const row of rows) {
        const options = { ...wanted.options, method: name as MethodName, target: row.cls, layer: row.layer ?? "auto" };
        const explanation = await explain(model, picture(row.picture), options as ExplainOptions);
        const [ours, theirs] = [comparable(explanation, row, wanted), valuesOf(wanted.table, row)];
        // The positive part of some maps is nothing at all.
        if (theirs.every((value) => value === 0)) expect(Math.max(...ours), row.key).toBe(0);
        else expect(relativeL2(ours, theirs), row.key).toBeLessThanOrEqual(toleranceOf(row, wanted));
      }
    },
  );
});

function rowsFor({ table, method, source, options }: Parity): Row[] {
  const patch = (options as { patch?: number } | undefined)?.patch;
  return rowsOf(table).filter(
    (row) => row.method === method && row.source === source && RAW.includes(row.what) && row.window === patch,
  );
}

function toleranceOf(
  { picture: name, layer }: Row,
  { tolerance, jump = tolerance, below = tolerance }: Parity,
): number {
  if (layer === HEAD) return tolerance;
  if (name === "cat") return jump;
  return layer === undefined ? tolerance : below;
}

/** Ours as the table has it. */
function comparable(
  { raw, attribution, target }: Explanation,
  row: Row,
  { table, dividedByScore }: Parity,
): Float32Array {
  const { data } = raw;
  if (row.window) return cells(data);
  if (table === "input") {
    const signed = attribution!.data;
    const parts = [signed, signed.map(Math.abs)].map((values) => blockMeans(values, 224, 3, 8));
    return Float32Array.from(parts.flatMap((part) => [...part]));
  }
  if (row.what === "map28") return blockMeans(data, 224, 1, 8);
  if (row.what === "relu") return data.map((value) => Math.max(0, value));
  return dividedByScore ? data.map((value) => value / target.score) : data;
}

/** 7×7 cells of 32 pixels, in which occlusion maps are constant. */
const cells = (data: Float32Array): Float32Array =>
  Float32Array.from({ length: 49 }, (_, i) => data[(Math.floor(i / 7) * 32 + 16) * 224 + (i % 7) * 32 + 16]!);
