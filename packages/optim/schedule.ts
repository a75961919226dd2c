/**
 * The learning rate of each step, a function from the number of steps taken before (0 at the first)
 * to a finite number of at least 0.
 *
 * Any such function will do; an optimizer checks what it returns at each step. Where a course
 * counts epochs, multiply by the steps of an epoch, `Math.ceil(rows / batchSize)`.
 *
 * @example
 * ```ts
 * import { constant, type Schedule } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const slow = constant(0.01);
 * const alternating: Schedule = (step) => step % 2 === 0 ? 0.1 : slow(step);
 *
 * assertEquals([0, 1, 2].map(alternating), [0.1, 0.01, 0.1]);
 * ```
 */
export type Schedule = (step: number) => number;
