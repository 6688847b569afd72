/** Who is too slow: the server, and not this process. */
import { setTimeout as after } from "node:timers/promises";
import { expect, it } from "vitest";
import { Patience } from "../../src/download/patience.ts";
import { standStill } from "../support/stand-still.ts";

it("ends for a server that sends nothing, and not before its time", async () => {
  const begun = performance.now();
  const patience = new Patience(200, undefined);
  while (!patience.isOver) await after(5);
  patience.end();
  expect(patience.signal.aborted).toBe(true);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(199);
});

it("does not end because this process stood still for longer, with the answer waiting in its socket", async () => {
  const patience = new Patience(200, undefined);
  standStill(300);
  await after(5);
  expect(patience.isOver).toBe(false);
  patience.end();
});
