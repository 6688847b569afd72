import { expect, it } from "vitest";
import { readOptions } from "../../bench/options.ts";
import { tasksOf } from "../../bench/suite.ts";

const tasks = (line: string, wide = true): string[] =>
  tasksOf(readOptions(line.split(" ").filter(Boolean)), wide).map(({ name }) => name);

it("measures a network with one and two threads, and with AVX-512 hidden where there is any", () => {
  expect(tasks("resnet50")).toEqual([
    "resnet50.1t.native",
    "resnet50.2t.native",
    "resnet50.1t.avx2",
    "resnet50.2t.avx2",
  ]);
  expect(tasks("resnet50", false)).toEqual(["resnet50.1t.native", "resnet50.2t.native"]);
  expect(tasks("resnet50 --threads 4 --isa avx2 tile")).toEqual(["resnet50.4t.avx2", "tile"]);
});

it("looks quickly at everything that is promised of ours", () => {
  const quick = tasks("--quick");
  expect(quick).toContain("vgg16.2t.native");
  expect(quick).not.toContain("mobilenet.1t.native");
  expect(quick.some((name) => name.endsWith("avx2"))).toBe(false);
  expect(quick).not.toContain("kernels");
});

it.each([
  "vgg61",
  "--isa avx3",
  "--threads 0",
  "--layers vgg61",
  "--layers vgg16 --work backward",
  "--layers vgg16 --entrant mnn",
])("refuses %s and names the choices", (line) => {
  expect(() => readOptions(line.split(" "))).toThrow(/expected/);
});
