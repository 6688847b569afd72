/** The list of hostile inputs in docs/security.md: every number stands in the title of a test, or among those that are left out. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const LAST = 56;
const all = Array.from({ length: LAST }, (_, i) => i + 1);

/** "row 3: …", "rows 41 and 42: …", or "row 3" as an entry of a table of titles. */
const TITLE = /["'`]rows? (\d+(?:(?:, | and )\d+)*)(?:: |")/g;

const titled = new Set(
  readdirSync("test", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.startsWith("golden"))
    .flatMap((path) => [...readFileSync(`test/${path}`, "utf8").matchAll(TITLE)])
    .flatMap(([, numbers = ""]) => numbers.split(/, | and /).map(Number)),
);

/** The numbers in the first column of the table under this heading. */
function listed(heading: string): number[] {
  const docs = readFileSync("docs/security.md", "utf8");
  const [, section = ""] = docs.split(`\n${heading}\n`);
  const [table = ""] = section.split(/\n##+ /);
  return [...table.matchAll(/^\| (\d+) /gm)].map(([, number]) => Number(number));
}

const tested = listed("## What is tested");
const leftOut = listed("### Left out");

it("numbers every hostile input once: tested, or left out with the reason", () => {
  expect([...tested, ...leftOut].sort((a, b) => a - b)).toEqual(all);
});

it("has a test with each number that is said to be tested, and none with another", () => {
  expect([...titled].sort((a, b) => a - b)).toEqual(tested);
});
