/** Pictures to learn from: a disc, a square or a cross of random place, size and brightness, in noise. Endless, seeded. */

export const SIDE = 24;
export const CLASSES = /** @type {const} */ (["disc", "square", "cross"]);

/** @typedef {{ uniform: (low: number, high: number) => number, integer: (below: number) => number, normal: () => number }} Random */

/**
 * The same numbers for the same seed, everywhere (Mulberry32).
 * @param {number} seed
 * @returns {Random}
 */
export function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform: (low, high) => low + (high - low) * next(),
    integer: (below) => Math.floor(next() * below),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** Whether a shape of "radius" r covers the point (x, y); disc and square have the same area. */
const COVERS = {
  /** @type {(x: number, y: number, r: number) => boolean} */
  disc: (x, y, r) => x * x + y * y <= r * r,
  /** @type {(x: number, y: number, r: number) => boolean} */
  square: (x, y, r) => Math.max(Math.abs(x), Math.abs(y)) <= r * (Math.sqrt(Math.PI) / 2),
  /** @type {(x: number, y: number, r: number) => boolean} */
  cross: (x, y, r) => Math.min(Math.abs(x), Math.abs(y)) <= r / 3 && Math.max(Math.abs(x), Math.abs(y)) <= r,
};

/**
 * `count` pictures as one tensor [count, SIDE, SIDE, 1], 0 the background and about 1 the shape.
 * @param {Random} random
 * @param {number} count
 */
export function drawBatch(random, count) {
  const data = new Float32Array(count * SIDE * SIDE);
  const labels = Array.from({ length: count }, () => random.integer(CLASSES.length));
  labels.forEach((label, i) =>
    draw(random, COVERS[CLASSES[label]], data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE)),
  );
  return { tensor: { data, shape: [count, SIDE, SIDE, 1] }, labels };
}

/**
 * @param {Random} random
 * @param {(x: number, y: number, r: number) => boolean} covers
 * @param {Float32Array} pixels
 */
function draw(random, covers, pixels) {
  const radius = random.uniform(4, 8);
  const [x, y] = [random.uniform(radius, SIDE - radius), random.uniform(radius, SIDE - radius)];
  const brightness = random.uniform(0.6, 1);
  for (let i = 0; i < pixels.length; i++) {
    const inside = covers((i % SIDE) + 0.5 - x, Math.floor(i / SIDE) + 0.5 - y, radius);
    pixels[i] = (inside ? brightness : 0) + 0.15 * random.normal();
  }
}
