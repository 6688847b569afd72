/**
 * ReDoS: every regular expression of src/ on long strings made to be retried from every place. One that takes quadratic time needs
 * seconds for 10⁵ characters; linear ones need a millisecond.
 */
import { createContext, Script } from "node:vm";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { bracesExpanded } from "../../src/cli/files/braces.ts";
import { targetOf } from "../../src/cli/explain/questions.ts";
import { wildcard } from "../../src/cli/files/wildcard.ts";
import { nearest } from "../../src/errors.ts";
import { findClass } from "../../src/labels.ts";
import { gradcam } from "../support/cli.ts";
import { codeOf } from "../support/error-code.ts";
import { sourceFiles } from "../support/source-files.ts";

const LENGTH = 100_000;
/** For one string, on a machine that is busy with other things. */
const MILLISECONDS = 1000;

interface Found {
  readonly where: string;
  readonly pattern: RegExp;
}

const found = sourceFiles().flatMap(({ path, tree }) => {
  const here: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const pattern = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
      here.push({ where: `${path}:${line}`, pattern });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return here;
});

/** What is repeated: characters of every class that the expressions know. */
const PUMPS = [
  " ",
  "\n",
  " \n",
  "\t",
  "a",
  "A",
  "aA",
  "Aa",
  "0",
  "_",
  "_1",
  "-",
  "-a",
  ".",
  "/",
  "./",
  "\\",
  ":0",
  "=",
  ",",
].concat(["<", "{", "{}", "[", "(", '"', "%2e", "é", "\u0301", "\ufffd", "\u001b[1m", "a b", "a/"]);

/** Words of the expression itself: what must stand there before the rest is tried. */
const wordsOf = ({ source }: RegExp): string[] => source.match(/[\w" ]{2,}:?/g) ?? [];

function* hostileTo(pattern: RegExp): Generator<string> {
  const words = wordsOf(pattern);
  const filled = (pump: string): string => pump.repeat(Math.ceil(LENGTH / pump.length));
  for (const pump of [...PUMPS, ...words]) {
    for (const begin of ["", "x", ...words]) for (const end of ["", "\u0000!"]) yield begin + filled(pump) + end;
  }
}

const context = createContext({ text: "", pattern: /x/ });
const script = new Script("text.replace(pattern, '')");

/** Ends the expression where it takes too long, which throws. */
function run(pattern: RegExp, text: string): void {
  context["text"] = text;
  context["pattern"] = pattern;
  script.runInContext(context, { timeout: MILLISECONDS });
}

describe("ReDoS", () => {
  it("is seen here: an expression of quadratic time is ended", () => {
    expect(() => run(/\s*!$/, " ".repeat(LENGTH))).toThrow("timed out");
  });

  it("is looked for in all expressions of src/", () => {
    expect(found.length).toBeGreaterThan(100);
  });

  it.each(found)("has no place in $where: $pattern", ({ pattern }) => {
    for (const text of hostileTo(pattern)) run(pattern, text);
  });
});

describe("time that grows with the square of a text", () => {
  const long = "x".repeat(LENGTH);
  const within = (action: () => unknown): void => {
    const begun = performance.now();
    action();
    expect(performance.now() - begun).toBeLessThan(MILLISECONDS);
  };

  it("is not spent on patterns of files", async () => {
    const many = "*a".repeat(LENGTH / 2);
    within(() => wildcard(`${many}b`)("a".repeat(255)));
    within(() => wildcard("[".repeat(LENGTH))("a".repeat(255)));
    within(() => wildcard(`[${"a-".repeat(LENGTH / 2)}`)("a".repeat(255)));
    for (const pattern of [
      "{".repeat(LENGTH),
      `${"{,".repeat(999)}${",".repeat(LENGTH)}`,
      "{a".repeat(LENGTH / 2),
      "}".repeat(LENGTH),
      ",{}".repeat(LENGTH / 3),
    ]) {
      const begun = performance.now();
      expect(await codeOf(() => bracesExpanded(pattern))).toMatch(/^(none|E_OPTION)$/);
      expect(performance.now() - begun).toBeLessThan(MILLISECONDS);
    }
  });

  it("is not spent on contrasts", () => {
    within(() => {
      expect(targetOf(`x${" ".repeat(LENGTH)}`)).toMatch(/^x +$/);
    });
  });

  it("is not spent on suggestions, nor on the one line of an error", async () => {
    within(() =>
      nearest(
        long,
        Array.from({ length: 1000 }, (_, i) => `class ${i}`),
      ),
    );
    within(() => nearest(long, [`${long}y`, `y${long}`]));
    const begun = performance.now();
    const labels = Array.from({ length: 1000 }, (_, i) => ({ name: `class ${i}` }));
    expect(await codeOf(() => findClass(labels, long, 1000))).toBe("E_TARGET_CLASS");
    expect((await gradcam(["classify", "--top", " ".repeat(LENGTH)])).stderr).toMatch(/^gradcam: E_OPTION: .*\n$/);
    expect(performance.now() - begun).toBeLessThan(2 * MILLISECONDS);
  });
});
