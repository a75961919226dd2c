/**
 * The behaviour-driven tests of std that this repository uses, for where std itself cannot be
 * reached: an outermost {@linkcode describe} is a `Deno.test`, and what it holds are its steps.
 *
 * ```ts ignore
 * import { describe, it } from "@std/testing/bdd";
 * import { assertEquals } from "@std/assert";
 *
 * describe("addition", () => {
 *   it("is exact on small integers", () => assertEquals(1 + 1, 2));
 * });
 * ```
 *
 * @module
 */

/** What a test or a hook runs; hooks take no context. */
export type TestFunction = (t: Deno.TestContext) => void | Promise<void>;

/** A hook: it runs before or after tests. */
export type Hook = () => void | Promise<void>;

/** Options of one test or of one group: whether to skip it, and Deno's sanitizers. */
export type TestOptions = Pick<
  Deno.TestDefinition,
  "ignore" | "sanitizeExit" | "sanitizeOps" | "sanitizeResources"
>;

/** The arguments of {@linkcode it}: a name, options if any, and the test. */
export type ItArgs =
  | [name: string, fn: TestFunction]
  | [name: string, options: TestOptions, fn: TestFunction];

/** The arguments of {@linkcode describe}: a name, options if any, and a function that registers. */
export type DescribeArgs =
  | [name: string, fn: () => void]
  | [name: string, options: TestOptions, fn: () => void];

type HookName = "beforeAll" | "afterAll" | "beforeEach" | "afterEach";

/** A group while its steps are being registered, and then while they run. */
class Suite {
  readonly hooks: Record<HookName, Hook[]> = {
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  };
  readonly steps: Deno.TestStepDefinition[] = [];
  readonly parent: Suite | null;

  constructor(parent: Suite | null) {
    this.parent = parent;
  }

  /** Runs the steps between the group's own hooks; `afterAll` runs even if a step throws. */
  async run(t: Deno.TestContext): Promise<void> {
    await runHooks(this.hooks.beforeAll);
    try {
      for (const step of this.steps) await t.step(step);
    } finally {
      await runHooks(this.hooks.afterAll);
    }
  }

  /** Runs one test between the hooks of all groups around it, the outermost `beforeEach` first. */
  async runTest(t: Deno.TestContext, fn: TestFunction): Promise<void> {
    const test: TestFunction = async (t) => {
      await runHooks(this.hooks.beforeEach);
      try {
        await fn(t);
      } finally {
        await runHooks(this.hooks.afterEach);
      }
    };
    await (this.parent === null ? test(t) : this.parent.runTest(t, test));
  }
}

/** The group that is being registered, or null outside all of them. */
let current: Suite | null = null;

/**
 * Registers a group of tests; groups nest. `fn` runs at once and registers the group's tests.
 * `describe.skip` and `describe.ignore` register it as ignored and do not call `fn`.
 *
 * @throws {Error} If `fn` returns a promise: tests must be registered synchronously.
 */
export function describe(...args: DescribeArgs): void {
  const [name, options, fn] = args.length === 2 ? [args[0], {}, args[1]] : args;
  const suite = new Suite(current);
  if (!options.ignore) register(suite, fn);
  add({ ...options, name, fn: (t) => suite.run(t) });
}

describe.skip = (...args: DescribeArgs): void => describe(...ignored(args));

/** Another name of `describe.skip`. */
describe.ignore = describe.skip;

/**
 * Registers one test: a step of the group around it, or a `Deno.test` of its own outside all groups.
 * `it.skip` and `it.ignore` register it as ignored.
 */
export function it(...args: ItArgs): void {
  const [name, options, fn] = args.length === 2 ? [args[0], {}, args[1]] : args;
  const suite = current;
  add({ ...options, name, fn: (t) => suite === null ? fn(t) : suite.runTest(t, fn) });
}

it.skip = (...args: ItArgs): void => it(...ignored(args));

/** Another name of `it.skip`. */
it.ignore = it.skip;

/** Runs `fn` once before the first test of the group around it. */
export function beforeAll(fn: Hook): void {
  addHook("beforeAll", fn);
}

/** Runs `fn` once after the last test of the group around it, even if one failed. */
export function afterAll(fn: Hook): void {
  addHook("afterAll", fn);
}

/** Runs `fn` before each test of the group around it and of the groups in it. */
export function beforeEach(fn: Hook): void {
  addHook("beforeEach", fn);
}

/** Runs `fn` after each test of the group around it and of the groups in it, even if it failed. */
export function afterEach(fn: Hook): void {
  addHook("afterEach", fn);
}

function register(suite: Suite, fn: () => unknown): void {
  const outer = current;
  current = suite;
  try {
    if (fn() instanceof Promise) {
      throw new Error(
        'Returning a Promise from "describe" is not supported: tests must be defined synchronously',
      );
    }
  } finally {
    current = outer;
  }
}

function add(test: Deno.TestStepDefinition): void {
  if (current === null) Deno.test({ ...test, fn: async (t) => void await test.fn(t) });
  else current.steps.push(test);
}

/** Unlike std's, hooks must be inside a group. */
function addHook(name: HookName, fn: Hook): void {
  if (current === null) {
    throw new Error(`Cannot add ${name} as it must be inside a group: found no describe() around`);
  }
  current.hooks[name].push(fn);
}

async function runHooks(hooks: Hook[]): Promise<void> {
  for (const hook of hooks) await hook();
}

function ignored<F>(
  args: [string, F] | [string, TestOptions, F],
): [string, TestOptions, F] {
  const [name, options, fn] = args.length === 2 ? [args[0], {}, args[1]] : args;
  return [name, { ...options, ignore: true }, fn];
}
