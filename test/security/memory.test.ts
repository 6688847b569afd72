/** Memory that is not there: a code with what was wanted, and an engine that goes on. By the rows of the list in docs/security.md. */
import { describe, expect, it } from "vitest";
import { createModel, GraphBuilder, type HostTensor, parameterOf } from "../../src/node.ts";
import { Heap } from "../../src/wasm/memory.ts";

const PAGE = 65536;

describe("row 40: memory", () => {
  it("for more than 4 GiB is E_OUT_OF_MEMORY with what was wanted, and leaves nothing behind in this process", async () => {
    // A megapixel with 2,048 channels takes 8 GiB; its weights take 8 KiB.
    const [side, channels] = [1024, 2048];
    const g = new GraphBuilder("huge", "test");
    const x = g.input("input", [1, side, side, 1]);
    const shape = [1, 1, 1, channels] as const;
    const w = g.parameter("w", shape, parameterOf(new Float32Array(channels), shape));
    const window = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
    const large = g.layer("conv", "Conv2D", g.node("conv2d", "conv", [x, w], window));
    const model = await createModel(g.finish([g.node("globalAveragePool", "pool", [large], { keepDims: false })]));
    const input: HostTensor = { data: new Float32Array(side * side), shape: [1, side, side, 1] };
    const before = process.memoryUsage().rss;
    await expect(model.run(input)).rejects.toMatchObject({
      code: "E_OUT_OF_MEMORY",
      where: "linear memory",
      expected: expect.stringMatching(/^room for \d{4,} MiB$/) as string,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
    model.dispose();
  });

  it("that cannot grow is E_OUT_OF_MEMORY, and what was handed out before can still be used and given back", () => {
    const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: 2 }), 1024);
    const first = heap.alloc(PAGE);
    heap.f32(first, 4).fill(7);
    expect(() => heap.alloc(PAGE)).toThrow(expect.objectContaining({ code: "E_OUT_OF_MEMORY" }));
    expect([...heap.f32(first, 4)]).toEqual([7, 7, 7, 7]);
    heap.free(first);
    expect(heap.used).toBe(0);
    expect(heap.alloc(PAGE)).toBe(first);
  });
});
