/**
 * Seeded random streams, the same on every machine: passed in, never global.
 *
 * {@linkcode random} makes a stream from a seed, {@linkcode Random.split} makes further ones that
 * are independent of it, {@linkcode Random.save} and {@linkcode restoreRandom} carry one through a
 * checkpoint. {@linkcode hash} is randomness without a stream, for kernels that must agree on the
 * number of each element in whatever order they compute them.
 *
 * None of it is fit for secrets.
 *
 * @example Draw from a stream
 * ```ts
 * import { random } from "@gradus/random";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const stream = random(42);
 * const weights = Float32Array.from({ length: 4 }, () => stream.normal(0, 0.1));
 * const order = stream.permutation(150); // the rows of a data set, shuffled
 *
 * assert(weights.every((weight) => Math.abs(weight) < 1));
 * assertEquals(random(42).bits(), random(42).bits());
 * assertEquals(order.length, 150);
 * ```
 *
 * @module
 */

export { hash } from "./hash.ts";
export { type Random, random, type RandomState, restoreRandom } from "./random.ts";
