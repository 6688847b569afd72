/** gradcam pull, cache and models, and --model with a name: what they say, and that nothing is fetched unasked. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { architectureNames } from "../../src/zoo/architecture-names.ts";
import { gradcam, type Run, type RunSettings } from "../support/cli.ts";
import { type FaultName, type FaultyServer, startFaultyServer } from "../support/faulty-server.ts";
import { noise, temporaryFolder } from "../support/pull-laboratory.ts";
import { outputFaults } from "../support/output-schema.ts";

/** MobileNet's file has a known size and no published checksum: any bytes will do. */
const BYTES = 17_225_924;

let server: FaultyServer;
let folder: ReturnType<typeof temporaryFolder>;

beforeAll(async () => {
  server = await startFaultyServer(noise(BYTES));
});

afterAll(() => server.close());

beforeEach(() => {
  folder = temporaryFolder();
  server.requests.length = 0;
});

afterEach(() => folder.remove());

const run = (argv: readonly string[], settings: RunSettings = {}, fault: FaultName = "none"): Promise<Run> =>
  gradcam(argv, { ...settings, env: { GRADCAM_CACHE: folder.path, GRADCAM_MIRROR: `${server.origin}/${fault}` } });

const pull = (settings: RunSettings = {}, fault: FaultName = "none"): Promise<Run> =>
  run(["pull", "MobileNet", "--allow-http"], settings, fault);

const file = (): string => join(folder.path, "mobilenet.h5");

describe("gradcam pull", () => {
  it("downloads a model by name and prints its path", async () => {
    expect(await pull()).toMatchObject({ code: 0, stdout: `${file()}\n` });
    expect(readFileSync(file())).toHaveLength(BYTES);
    expect(server.requests).toEqual(["GET /none/tensorflow/keras-applications/mobilenet/mobilenet_1_0_224_tf.h5"]);
  });

  it("tells a log in plain lines what it does", async () => {
    const { stderr } = await pull();
    expect(stderr).toMatch(/^mobilenet: downloading 16\.4 MiB\nmobilenet: 16\.4 MiB in \d+ s\n$/);
  });

  it("draws a bar on a terminal, and takes it away", async () => {
    const { stderr } = await pull({ tty: true });
    expect(stderr).toMatch(/mobilenet [━─]{24} \d+ % of 16\.4 MiB/);
    expect(stderr).toMatch(/mobilenet: 16\.4 MiB in \d+ s\n$/);
  });

  it("says nothing but the path when it is quiet", async () => {
    expect(await run(["pull", "mobilenet", "--allow-http", "--quiet"])).toMatchObject({ code: 0, stderr: "" });
  });

  it("prints JSON, one line per model", async () => {
    const { stdout } = await run(["pull", "mobilenet", "--allow-http", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ name: "mobilenet", path: file() });
    expect(outputFaults("pull", JSON.parse(stdout))).toEqual([]);
  });

  it.each<[FaultName, string]>([
    ["missing", "E_HTTP"],
    ["html", "E_HTTP"],
    ["says-less", "E_INTEGRITY"],
    ["downgrade", "E_URL_SCHEME"],
  ])("ends with exit code 5 when the server is %s", async (fault, code) => {
    const result = await pull({}, fault);
    expect(result).toMatchObject({ code: 5, stdout: "" });
    expect(result.stderr).toContain(`gradcam: ${code}: `);
  });

  it("asks for https", async () => {
    const result = await run(["pull", "mobilenet"]);
    expect(result.code).toBe(5);
    expect(result.stderr).toMatch(/E_URL_SCHEME.*--allow-http/);
    expect(server.requests).toEqual([]);
  });

  it("knows all names before it begins, and the nearest of a wrong one", async () => {
    const result = await run(["pull", "mobilenet", "vgg61", "--allow-http"]);
    expect(result.code).toBe(3);
    expect(result.stderr).toMatch(/E_MODEL_NOT_FOUND.*did you mean "vgg1[69]"/);
    expect(server.requests).toEqual([]);
  });

  it("opens no connection with --offline", async () => {
    expect(await run(["pull", "mobilenet", "--offline"])).toMatchObject({ code: 3 });
    expect(server.requests).toEqual([]);
  });
});

describe("gradcam cache", () => {
  it("lists, verifies and removes what was downloaded", async () => {
    await pull();
    expect((await run(["cache", "ls"])).stdout).toMatch(/^mobilenet {2}16\.4 MiB {2}verified \d{4}-\d\d-\d\d\n$/);
    const listed: unknown = JSON.parse((await run(["cache", "ls", "--json"])).stdout);
    expect(outputFaults("cacheList", listed)).toEqual([]);
    expect(listed).toMatchObject({
      folder: folder.path,
      models: [{ name: "mobilenet", path: file(), bytes: BYTES, partial: false }],
    });
    const verified: unknown = JSON.parse((await run(["cache", "verify", "--json"])).stdout);
    expect(outputFaults("cacheCheck", verified)).toEqual([]);
    expect((await run(["cache", "verify"])).stdout).toMatch(/^mobilenet: ok, SHA-256 [0-9a-f]{64}\n$/);
    expect(await run(["cache", "rm", "mobilenet"])).toMatchObject({ code: 0 });
    expect(await run(["cache", "ls"])).toMatchObject({ stdout: "", stderr: `${folder.path}: empty\n` });
  });

  it("finds damage, names the remedy and ends with exit code 5", async () => {
    await pull();
    const bytes = readFileSync(file());
    bytes[99]! ^= 1;
    writeFileSync(file(), bytes);
    const result = await run(["cache", "verify", "mobilenet"]);
    expect(result).toMatchObject({ code: 5, stdout: "" });
    expect(result.stderr).toMatch(/E_INTEGRITY.*gradcam pull mobilenet/);
    const { stdout } = await run(["cache", "verify", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ name: "mobilenet", ok: false, code: "E_INTEGRITY" });
    expect(outputFaults("cacheCheck", JSON.parse(stdout))).toEqual([]);
  });

  it.each([["rm"], ["rm", "--all", "mobilenet"]])("wants to know what to remove: cache %s %s", async (...argv) => {
    expect(await run(["cache", ...argv.filter(Boolean)])).toMatchObject({ code: 2 });
  });

  it("says which models it does not hold", async () => {
    expect(await run(["cache", "rm", "vgg16"])).toMatchObject({ code: 3 });
    expect(await run(["cache", "rm", "--all"])).toMatchObject({ code: 0 });
  });
});

describe("gradcam models", () => {
  it("lists all models by name, and marks those that are here", async () => {
    await pull();
    const { stdout } = await run(["models"]);
    expect(stdout).toMatch(/^✓ {2}mobilenet {6,}16\.4 MiB {2}70\.4 % +4\.25 M {2}Apache-2\.0$/m);
    expect(stdout).toMatch(/^ {3}resnet101 {6,}~170\.5 MiB {2}76\.4 % +44\.71 M {2}MIT, Kaiming He$/m);
    for (const name of architectureNames) expect(stdout).toContain(` ${name} `);
  });

  it("prints the registry as JSON", async () => {
    await pull();
    const models = JSON.parse((await run(["models", "--json"])).stdout) as {
      name: string;
      cached: boolean;
      path?: string;
    }[];
    expect(models.map(({ name }) => name)).toEqual(architectureNames);
    const here = models.filter(({ cached }) => cached).map(({ name, path }) => [name, path]);
    expect(here).toEqual([
      ["efficientnet-lite0", undefined],
      ["mobilenet", file()],
    ]);
  });
});

describe("--model with a name", () => {
  it("is E_MODEL_NOT_FOUND with what to do, and no connection, where nobody is asked", async () => {
    for (const flags of [[], ["--offline"], ["--offline", "--yes"]]) {
      const result = await run(["layers", "--model", "mobilenet", ...flags]);
      expect(result).toMatchObject({ code: 3, stdout: "" });
      expect(result.stderr).toMatch(/E_MODEL_NOT_FOUND.*gradcam pull mobilenet .*16\.4 MiB \(Apache-2\.0\)/);
    }
    expect(server.requests).toEqual([]);
  });

  it.each(["", "n", "no", "yesterday"])("downloads nothing when the answer is %j", async (answer) => {
    const questions: string[] = [];
    const ask = (question: string): Promise<string> => Promise.resolve((questions.push(question), answer));
    expect(await run(["layers", "--model", "mobilenet"], { tty: true, ask })).toMatchObject({ code: 3 });
    expect(questions).toEqual(["MobileNet is not in the cache. Download 16.4 MiB (Apache-2.0)? [y/N] "]);
    expect(server.requests).toEqual([]);
  });

  it("downloads when somebody agrees, by https unless a mirror is allowed to be without", async () => {
    const ask = (): Promise<string> => Promise.resolve("y");
    const answered = await run(["layers", "--model", "mobilenet"], { tty: true, ask });
    const told = await run(["layers", "--model", "mobilenet", "--yes"]);
    for (const { code, stderr } of [answered, told]) {
      expect(code).toBe(5);
      expect(stderr).toMatch(/E_URL_SCHEME.*http:/);
    }
  });

  it("is the file of the cache once it is there", async () => {
    await pull();
    const result = await run(["layers", "--model", "MobileNet"]);
    expect(result.stderr).toContain(file());
    expect(result.stderr).toContain("E_NOT_A_MODEL");
    expect(server.requests).toHaveLength(1);
  });
});
