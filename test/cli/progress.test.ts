/** How far the work is, as terminals of all widths and logs show it. */
import { describe, expect, it } from "vitest";
import { displayWidth, endOf, printable } from "../../src/cli/terminal/printable.ts";
import { duration, progressLine } from "../../src/cli/terminal/progress-line.ts";
import { gradcam } from "../support/cli.ts";

const FACTS = {
  verb: "explaining",
  item: "holiday/2024/cat-and-coffee.jpg",
  done: 12,
  total: 40,
  share: 0.3,
  secondsLeft: 200,
};

describe("progressLine", () => {
  it("shows name, bar, count and what is left", () => {
    expect(progressLine(FACTS, 100)).toBe(
      "explaining holiday/2024/cat-and-coffee.jpg ━━━━━━━───────────────── 12/40, 3 min 20 s left",
    );
  });

  it("shortens the bar, then the name from its beginning, on narrow terminals", () => {
    expect(progressLine(FACTS, 60)).toBe("explaining …d-coffee.jpg ━━━━──────── 12/40, 3 min 20 s left");
    expect(progressLine({ ...FACTS, secondsLeft: 9 }, 40)).toBe("explaining …d-coffee.jpg 12/40, 9 s left");
  });

  it.each([1, 5, 20, 30, 40, 60, 80, 200])(
    "never is wider than %i columns by more than its verb and count",
    (columns) => {
      const counted = "explaining 12/40, 3 min 20 s left";
      expect(displayWidth(progressLine(FACTS, columns))).toBeLessThanOrEqual(Math.max(columns, counted.length));
      const wide = { ...FACTS, item: "写真/猫とコーヒー.jpg" };
      expect(displayWidth(progressLine(wide, columns))).toBeLessThanOrEqual(Math.max(columns, counted.length));
    },
  );

  it("says of a single picture what is being done with it", () => {
    const facts = { ...FACTS, item: "cat.jpg", stage: "masks", done: 0, total: 1, share: 0.1, secondsLeft: 9 };
    expect(progressLine(facts, 80)).toBe("explaining cat.jpg: masks ━━────────────────────── 10 %, 9 s left");
  });

  it("shows no control characters of a name", () => {
    expect(printable("a\u001b[2Jb\r.jpg")).toBe("a?[2Jb?.jpg");
    expect(progressLine({ ...FACTS, item: "\u001b[2J.jpg" }, 80)).not.toContain("\u001b");
  });

  it("writes durations as people do", () => {
    expect([0.2, 59.4, 60, 125, 660, 3600, 7500].map(duration)).toEqual([
      ...["1 s", "59 s", "1 min", "2 min 5 s", "11 min", "1 h", "2 h 5 min"],
    ]);
  });

  it("cuts names before their end", () => {
    expect(endOf("photos/cat.jpg", 8)).toBe("…cat.jpg");
    expect(endOf("cat.jpg", 8)).toBe("cat.jpg");
    expect(endOf("cat.jpg", 0)).toBe("");
  });
});

describe("progress", () => {
  it("is drawn on a terminal and removed again", async () => {
    const run = await gradcam(["classify", "examples"], { tty: true, columns: 60 });
    expect(run.stderr).toMatch(/classifying .* ─+ 0\/4/);
    expect(run.stderr.split("\r").at(-1)).toBe("\u001b[2K");
  });

  it("leaves no trace in a pipe or with --quiet", async () => {
    expect((await gradcam(["classify", "examples"])).stderr).toBe("");
    expect((await gradcam(["classify", "examples", "--quiet"], { tty: true })).stderr).toBe("");
  });
});
