/** What the fuzzer learnt and what it found, once more in every run of the tests. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { judge } from "./judge.ts";
import { targets } from "./targets/index.ts";

const corpus = (parser: string): Uint8Array[] => {
  const text = gunzipSync(readFileSync(`test/fuzz/corpus/${parser}.json.gz`)).toString("utf8");
  return (JSON.parse(text) as string[]).map((input) => new Uint8Array(Buffer.from(input, "base64")));
};

const findings = (parser: string): Uint8Array[] => {
  const folder = `test/fuzz/findings/${parser}`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => new Uint8Array(readFileSync(`${folder}/${name}`)));
};

it.each(Object.entries(targets))(
  "%s: files of the fuzzer are read or refused with a code",
  async (parser, { read }) => {
    const outcomes = new Set<string>();
    for (const bytes of [...corpus(parser), ...findings(parser)]) outcomes.add(await judge(() => read(bytes)));
    // Another outcome is thrown by the judge; a corpus that is all refused at the door would prove nothing.
    expect(outcomes.size).toBeGreaterThan(2);
    expect([...outcomes].filter((outcome) => !/^(read|E_\w+)$/.test(outcome))).toEqual([]);
  },
  120_000,
);
