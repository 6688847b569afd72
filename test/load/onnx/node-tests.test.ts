/**
 * ONNX's own tests of single operators (Debian's libonnx-testdata). What is not for image networks is named with its reason in
 * test/golden/onnx/skipped.json, and must be refused by name; everything else must answer as ONNX says.
 */
import { describe, expect, it } from "vitest";
import { GradCamError } from "../../../src/errors.ts";
import { DEFAULT_LIMITS } from "../../../src/load/limits.ts";
import { readOnnx } from "../../../src/load/onnx/model-proto.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { loadModel } from "../../../src/node.ts";
import type { HostTensor } from "../../../src/tensor.ts";
import { goldenJson } from "../../support/golden.ts";
import {
  newerCases,
  onnxCases,
  ONNX_TESTDATA,
  readCase,
  readTensorProto,
  withInitializers,
  withOpset,
} from "../../support/onnx.ts";

/** Names of cases by the reason why they are skipped. */
const SKIPPED = new Map(
  Object.entries(goldenJson<Record<string, string[]>>("onnx/skipped.json")).flatMap(([reason, names]) =>
    names.map((name) => [name, reason] as const),
  ),
);

/** Reasons for which an answer is in f32 where ONNX rounds it to halves or wraps it at 8 bits; all others are errors. */
const IN_F32 = new Set([
  "numbers are f32 here: a cast does not round them",
  "whole numbers are floats here: they are not rounded or wrapped",
]);

/** Relative to the largest; the cases are in f32. */
const ROUNDING = 1e-5;

/** PyTorch's old exports say 6, but use nothing that changed with 7. */
const GROUPS = ["node", "simple", "pytorch-operator", "pytorch-converted"];

const CASES = GROUPS.flatMap((group) => onnxCases(group).map((name) => `${group}/${name}`));
const missing = `libonnx-testdata is not installed: nothing in ${ONNX_TESTDATA}`;

describe("ONNX's tests of operators", () => {
  it.skipIf(CASES.length > 0)(`are skipped, because ${missing}`, ({ skip }) => {
    skip(missing);
  });

  it.each(CASES.filter((name) => !SKIPPED.has(name)))("pass: %s", async (name) => {
    expect(await differences(name)).toEqual([]);
  });

  it.each(newerCases())("pass though Debian does not have them yet: %s", async (name) => {
    expect(await differences(name)).toEqual([]);
  });

  it.each(CASES.filter((name) => SKIPPED.has(name)))("are refused for their reason: %s", async (name) => {
    const reason = SKIPPED.get(name)!;
    const outcome = await differences(name).catch((error: unknown) => error);
    if (IN_F32.has(reason)) {
      // Whoever makes one pass takes it off the list.
      expect(outcome).toEqual([expect.stringMatching(/ at \d+, not /)]);
      return;
    }
    expect(outcome).toBeInstanceOf(GradCamError);
    const { code, message } = outcome as GradCamError;
    expect(code).not.toBe("E_INTERNAL");
    const [, op] = /^(\w+): /.exec(reason) ?? [];
    if (op !== undefined) expect(message).toMatch(new RegExp(`\\b${op} \\(?"`));
    if (reason.endsWith("not supported")) expect(code).toBe("E_UNSUPPORTED_OP");
  });
});

/**
 * Every output that is not as it should be. The first input is the picture; others are known in advance, or, where they cannot be,
 * pictures too.
 */
async function differences(name: string): Promise<string[]> {
  const [group, test] = name.split("/") as [string, string];
  const { model, inputs, outputs } = readCase(group, test);
  const { inputs: declared, tensors } = await readOnnx(bytesSource(model), DEFAULT_LIMITS);
  const names = declared.map((input) => input.name).filter((input) => !tensors.has(input));
  const bytes = group.startsWith("pytorch") ? withOpset(model, 7) : model;
  const run = async (pictures: number): Promise<string[]> => {
    const known = new Map(inputs.slice(pictures).map((tensor, i) => [names[i + pictures]!, tensor]));
    const loaded = await loadModel(withInitializers(bytes, known), { engine: { exact: true, threads: 1 } });
    const given = await Promise.all(inputs.slice(0, pictures).map(readTensorProto));
    const tensorOf = ({ tensor: { shape }, numbers }: (typeof given)[0]) => ({
      shape,
      data: Float32Array.from(numbers),
    });
    const answers = await loaded.run(Object.fromEntries(given.map((proto, i) => [names[i]!, tensorOf(proto)])));
    const expected = await Promise.all(outputs.map(readTensorProto));
    const wrong = expected.flatMap((output, i) => {
      const info = loaded.outputs[i]!;
      const problem = difference(answers[info.name]!, output.tensor.shape, output.numbers);
      return problem === undefined ? [] : [`${info.name}: ${problem}`];
    });
    loaded.dispose();
    return wrong;
  };
  return run(1).catch((error: unknown) => {
    return run(inputs.length).catch(() => {
      throw error;
    });
  });
}

/** A network without a batch answers with a batch of one. */
function difference({ data, shape }: HostTensor, wanted: readonly number[], numbers: ArrayLike<number>) {
  if (![shape.join(), shape.slice(1).join()].includes(wanted.join()))
    return `[${shape.join()}], not [${wanted.join()}]`;
  const top = Array.from(numbers, Math.abs).reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 1e-30);
  const isSame = (a: number, b: number): boolean =>
    Object.is(Math.fround(a), Math.fround(b)) || Math.abs(a - b) <= ROUNDING * top;
  const at = data.findIndex((value, i) => !isSame(value, numbers[i]!));
  return at < 0 ? undefined : `${data[at]!} at ${at}, not ${numbers[at]!}`;
}
