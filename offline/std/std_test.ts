import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { parse, stringify } from "@std/csv";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";

// What this repository relies on in std. It holds for the adapters beside this file and for std
// itself, linked in their place.

/** The message of the assertion that fails in `fn`. */
function failure(fn: () => unknown): string {
  const error = assertThrows(fn, Error);
  assertEquals(error.name, "AssertionError");
  return error.message;
}

class Hidden {
  readonly #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  get value(): number {
    return this.#value;
  }
}

class Other {
  readonly value = 1;
}

const different: [name: string, a: unknown, b: unknown][] = [
  ["numbers", 1, 2],
  ["a number and its text", 1, "1"],
  ["undefined and null", undefined, null],
  ["a missing key", { a: undefined }, {}],
  ["keys of other names", { a: undefined }, { b: undefined }],
  ["a hole", [undefined], new Array(1)],
  ["lengths", [1, 2], [1, 2, 3]],
  ["an array and a typed array", [1, 2], new Float32Array([1, 2])],
  ["types of typed arrays", new Int32Array([1]), new Float32Array([1])],
  ["elements of typed arrays", new Float32Array([1, 2]), new Float32Array([1, 3])],
  ["lengths of typed arrays", new Float32Array(1), new Float32Array(2)],
  ["elements of 64-bit integers", new BigInt64Array([1n]), new BigInt64Array([2n])],
  ["bytes of buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ["getters behind private fields", new Hidden(1), new Hidden(2)],
  ["classes", new Hidden(1), new Other()],
  ["a class and a literal", new Other(), { value: 1 }],
  ["nested values", { a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
  ["members of sets", new Set([1]), new Set([2])],
  ["values of maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ["keys of maps", new Map([["a", 1]]), new Map([["b", 1]])],
  ["dates", new Date(0), new Date(1)],
  ["patterns", /a/, /a/g],
  ["addresses", new URL("file:///a"), new URL("file:///b")],
  ["functions", () => 1, () => 1],
  ["messages of errors", new Error("a"), new Error("b")],
  ["symbols as keys", { [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
];

const alike: [name: string, a: unknown, b: unknown][] = [
  ["zeros of both signs", 0, -0],
  ["zeros of both signs in an array", [0], [-0]],
  ["zeros of both signs in a typed array", new Float32Array([0]), new Float32Array([-0])],
  ["NaN", NaN, NaN],
  ["NaN in a typed array", new Float64Array([NaN]), new Float64Array([NaN])],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["keys in another order", { a: 1, b: 2 }, { b: 2, a: 1 }],
  ["a view and a copy", new Uint8Array([9, 1, 2]).subarray(1), new Uint8Array([1, 2])],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([1]).buffer],
  ["instances", new Hidden(1), new Hidden(1)],
  ["sets of objects", new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  ["maps from objects", new Map([[{ a: 1 }, [2]]]), new Map([[{ a: 1 }, [2]]])],
  ["dates", new Date(1), new Date(1)],
  ["patterns", /a/g, /a/g],
  ["addresses", new URL("file:///a"), new URL("file:///a")],
];

describe("assertEquals()", () => {
  for (const [name, a, b] of different) {
    it(`tells apart ${name}`, () => {
      assertStringIncludes(failure(() => assertEquals(a, b)), "Values are not equal.");
      assertStringIncludes(failure(() => assertEquals(b, a)), "Values are not equal.");
      assertNotEquals(a, b);
    });
  }

  for (const [name, a, b] of alike) {
    it(`takes as equal ${name}`, () => {
      assertEquals(a, b);
      assertEquals(b, a);
      assertStringIncludes(failure(() => assertNotEquals(a, b)), "not to be");
    });
  }

  it("compares objects that contain themselves", () => {
    const [a, b, c] = [1, 1, 2].map((value) => {
      const object: Record<string, unknown> = { value };
      object.self = [object];
      return object;
    });
    assertEquals(a, b);
    assertNotEquals(a, c);
  });

  it("shows both values and the caller's message", () => {
    const message = failure(() => assertEquals({ loss: 0.25 }, { loss: 0.75 }, "first epoch"));
    assertStringIncludes(message, "Values are not equal: first epoch");
    assertStringIncludes(message, "0.25");
    assertStringIncludes(message, "0.75");
  });
});

describe("assert()", () => {
  it("passes what is truthy", () => assert("0"));

  it("throws the caller's message alone", () => {
    assertEquals(failure(() => assert(0, "no rows")), "no rows");
  });
});

describe("assertStrictEquals()", () => {
  it("compares as Object.is does", () => {
    const object = {};
    assertStrictEquals(object, object);
    assertStrictEquals(NaN, NaN);
    assertStringIncludes(failure(() => assertStrictEquals(0, -0)), "Values are not strictly equal");
    assertStringIncludes(
      failure(() => assertStrictEquals({}, {})),
      "Values have the same structure but are not reference-equal",
    );
  });
});

describe("assertAlmostEquals()", () => {
  it("takes a distance up to the tolerance, which is 1e-7 of the expected value", () => {
    assertAlmostEquals(1.5, 1, 0.5);
    assertAlmostEquals(1e6 + 0.09, 1e6);
    assertAlmostEquals(NaN, NaN);
    assertAlmostEquals(Infinity, Infinity);
    failure(() => assertAlmostEquals(1e6 + 0.11, 1e6));
    failure(() => assertAlmostEquals(1, NaN));
    failure(() => assertAlmostEquals(NaN, 1, 10));
    failure(() => assertAlmostEquals(1, Infinity));
    assertEquals(
      failure(() => assertAlmostEquals(1.5, 1, 0.25, "mean")),
      'Expected actual: "1.5e+0" to be close to "1": delta "5e-1" is greater than "2.5e-1": mean',
    );
  });
});

describe("assertThrows()", () => {
  const fail = () => {
    throw new RangeError("rate must be positive");
  };

  it("returns the error", () => {
    const error: RangeError = assertThrows(fail, RangeError, "must be positive");
    assertEquals(error.message, "rate must be positive");
    assertInstanceOf(assertThrows(fail, Error), RangeError);
    assertInstanceOf(assertThrows(fail), RangeError);
    assertInstanceOf(assertThrows(fail, "a message"), RangeError);
  });

  it("fails if nothing is thrown, or something else", () => {
    assertEquals(failure(() => assertThrows(() => 1)), "Expected function to throw.");
    assertEquals(failure(() => assertThrows(() => 1, "why")), "Expected function to throw: why");
    assertStringIncludes(
      failure(() => assertThrows(fail, TypeError)),
      'Expected error to be instance of "TypeError", but was "RangeError"',
    );
    assertEquals(
      failure(() => assertThrows(fail, RangeError, "negative")),
      'Expected error message to include "negative", but got "rate must be positive".',
    );
    assertEquals(
      failure(() =>
        assertThrows(() => {
          // deno-lint-ignore no-throw-literal -- what the assertion must refuse
          throw "text";
        }, Error)
      ),
      "A non-Error object was thrown.",
    );
  });
});

describe("assertRejects()", () => {
  const fail = () => Promise.reject(new RangeError("rate must be positive"));
  const failureOf = async (fn: () => Promise<unknown>) => (await assertRejects(fn, Error)).message;

  it("resolves to the error", async () => {
    const error: RangeError = await assertRejects(fail, RangeError, "must be positive");
    assertEquals(error.message, "rate must be positive");
    assertInstanceOf(await assertRejects(fail), RangeError);
  });

  it("fails if the promise resolves, rejects otherwise, or an error is thrown at once", async () => {
    assertEquals(
      await failureOf(() => assertRejects(() => Promise.resolve())),
      "Expected function to reject.",
    );
    assertStringIncludes(
      await failureOf(() => assertRejects(fail, TypeError)),
      'Expected error to be instance of "TypeError", but was "RangeError"',
    );
    assertStringIncludes(
      await failureOf(() => assertRejects(fail, RangeError, "negative")),
      "Expected error message to include",
    );
    const throwAtOnce = () => {
      throw new RangeError("rate must be positive");
    };
    assertEquals(
      await failureOf(() => assertRejects(throwAtOnce, RangeError)),
      "Function throws when expected to reject.",
    );
  });
});

describe("the small assertions", () => {
  it("pass what holds", () => {
    assertExists(0);
    assertInstanceOf(new RangeError(), Error);
    assertMatch("epoch 12", /epoch \d+/);
    assertStringIncludes("epoch 12", "12");
  });

  it("fail with the value", () => {
    assertStringIncludes(failure(() => assertExists(null)), '"null" to not be null or undefined');
    assertStringIncludes(failure(() => assertExists(undefined)), '"undefined"');
    assertEquals(
      failure(() => assertInstanceOf(new Error(), RangeError)),
      'Expected object to be an instance of "RangeError" but was "Error".',
    );
    assertStringIncludes(failure(() => assertInstanceOf(null, Error)), 'but was "null"');
    assertEquals(
      failure(() => assertMatch("epoch", /\d/)),
      'Expected actual: "epoch" to match: "/\\d/".',
    );
    assertEquals(
      failure(() => assertStringIncludes("epoch", "12", "line 1")),
      'Expected actual: "epoch" to contain: "12": line 1',
    );
  });
});

describe("parse()", () => {
  it("reads rows of strings, without a byte order mark and empty lines", () => {
    assertEquals(parse("\ufeffa,b\r\n\r\n1,2\n\n3,4\n"), [["a", "b"], ["1", "2"], ["3", "4"]]);
    assertEquals(parse(""), []);
    assertEquals(parse("a,\n,\n"), [["a", ""], ["", ""]]);
  });

  it("keeps spaces, and quoted separators, quotes and line ends", () => {
    assertEquals(parse(' a , b\n"x, y","say ""hi""","1\n2"\n""\n'), [
      [" a ", " b"],
      ["x, y", 'say "hi"', "1\n2"],
      [""],
    ]);
  });

  it("drops leading spaces and comments on request", () => {
    const text = '# seeds\na, b\n1,  "2"\n#2,3\n4,#5\n';
    assertEquals(parse(text, { comment: "#", trimLeadingSpace: true }), [
      ["a", "b"],
      ["1", "2"],
      ["4", "#5"],
    ]);
  });

  it("takes another separator", () => {
    assertEquals(parse("a\tb,c\n", { separator: "\t" }), [["a", "b,c"]]);
  });

  it("gives records by a header or by given columns", () => {
    const text = "width,name\n0.2,setosa\n";
    const byHeader: Record<string, string>[] = parse(text, { skipFirstRow: true });
    assertEquals(byHeader, [{ width: "0.2", name: "setosa" }]);
    const byColumns = parse(text, { skipFirstRow: true, columns: ["w", "n"] });
    assertEquals(byColumns.map((row) => row.w), ["0.2"]);
    assertEquals(parse("0.2,setosa\n", { columns: ["w", "n"] }), [{ w: "0.2", n: "setosa" }]);
    assertEquals(parse("width,name\n", { skipFirstRow: true }), []);
  });

  it("refuses no header and a row that does not fit it", () => {
    assertThrows(() => parse("", { skipFirstRow: true }), TypeError, "headers must be defined");
    assertThrows(
      () => parse("a,b\n1,2\n3\n", { skipFirstRow: true }),
      Error,
      "Syntax error on line 3: The record has 1 fields, but the header has 2 fields",
    );
    assertThrows(
      () => parse("1,2,3\n", { columns: ["a", "b"] }),
      Error,
      "Syntax error on line 1: The record has 3 fields, but the header has 2 fields",
    );
  });

  it("refuses a ragged row only where the number of fields is given", () => {
    const text = "1,2\n3\n";
    assertEquals(parse(text), [["1", "2"], ["3"]]);
    assertEquals(parse(text, { fieldsPerRecord: -1 }).length, 2);
    const error = assertThrows(
      () => parse(text, { fieldsPerRecord: 0 }),
      SyntaxError,
      "Syntax error on line 2: expected 2 fields but got 1",
    );
    assertInstanceOf(error, SyntaxError);
    assertThrows(
      () => parse("1,2\n", { fieldsPerRecord: 3 }),
      SyntaxError,
      "Syntax error on line 1: expected 3 fields but got 2",
    );
  });

  it("refuses stray quotes", () => {
    for (const text of ['1,2\na"b,c\n', '1,2\n"a"b,c\n', '1,2\n"a,b\n']) {
      assertThrows(() => parse(text), SyntaxError, "Syntax error on line 2");
    }
  });
});

describe("stringify()", () => {
  it("writes columns of records, under a header or not", () => {
    const rows = [{ step: 1, loss: 0.5, note: "x" }, { step: 2, loss: NaN }];
    const columns = ["step", "loss"];
    assertEquals(stringify(rows, { columns }), "step,loss\r\n1,0.5\r\n2,NaN\r\n");
    assertEquals(stringify(rows, { columns, headers: false }), "1,0.5\r\n2,NaN\r\n");
    assertEquals(stringify([], { columns }), "step,loss\r\n");
    assertEquals(
      stringify(rows, { columns: [{ prop: "loss", header: "training loss" }] }),
      "training loss\r\n0.5\r\nNaN\r\n",
    );
  });

  it("writes rows that are arrays", () => {
    assertEquals(stringify([[1, "a"], [2, "b"]]), "1,a\r\n2,b\r\n");
    assertEquals(stringify([[1, "a"]], { columns: [1], headers: false }), "a\r\n");
    assertEquals(stringify([]), "");
  });

  it("writes each type as text", () => {
    assertEquals(
      stringify([[true, undefined, null, "", -0, 1e21, 10n, [1]]]),
      "true,,,,0,1e+21,10,[1]\r\n",
    );
  });

  it("quotes what would not read back", () => {
    const rows = [["a,b", 'say "hi"', "1\n2", "1\r\n2", " x ", "plain"]];
    const text = stringify(rows);
    assertEquals(text, '"a,b","say ""hi""","1\n2","1\r\n2", x ,plain\r\n');
    assertEquals(parse(text), [["a,b", 'say "hi"', "1\n2", "1\n2", " x ", "plain"]]);
  });

  it("writes another separator and a byte order mark on request", () => {
    assertEquals(
      stringify([["a,b", "c;d"]], { separator: ";", bom: true }),
      '\ufeffa,b;"c;d"\r\n',
    );
  });

  it("refuses rows that its columns do not fit", () => {
    assertThrows(() => stringify([{ a: 1 }]), TypeError, "No property accessor function");
    assertThrows(() => stringify([[1]], { columns: ["a"] }), TypeError, "Property accessor");
  });
});

/** The flags as a plain record, whatever the type that `parseArgs` gives them. */
function flagsOf(args: string[], options?: Parameters<typeof parseArgs>[1]) {
  const seen: unknown[][] = [];
  const unknown = (arg: string, key?: string, value?: unknown) => {
    seen.push(key === undefined ? [arg] : [arg, key, value]);
    return false;
  };
  const flags: Record<string, unknown> = parseArgs(args, { ...options, unknown });
  return { flags, seen };
}

describe("parseArgs()", () => {
  it("reads values, numbers, groups and arguments", () => {
    const args = "--out=a=b --epochs 8 --fast -k 3 -n5 -s=x -ab file 7".split(" ");
    assertEquals<unknown>(parseArgs(args), {
      out: "a=b",
      epochs: 8,
      fast: true,
      k: 3,
      n: 5,
      s: "x",
      a: true,
      b: "file",
      _: [7],
    });
    assertEquals<unknown>(parseArgs([]), { _: [] });
  });

  it("keeps strings as text, empty where nothing follows", () => {
    const options = { string: ["seed", "name", "_"] };
    assertEquals<unknown>(parseArgs(["--seed", "007", "1e3"], options), {
      seed: "007",
      _: ["1e3"],
    });
    assertEquals<unknown>(parseArgs(["--seed", "--name", "x"], options), {
      seed: "",
      name: "x",
      _: [],
    });
    assertEquals<unknown>(parseArgs(["--name="], options), { name: "", _: [] });
    assertEquals<unknown>(parseArgs(["--name"], options), { name: "", _: [] });
    assertEquals<unknown>(parseArgs(["--name", ""], options), { name: "", _: [""] });
    assertEquals<unknown>(parseArgs(["--name=-1"], options), { name: "-1", _: [] });
  });

  it("takes no value for booleans but true and false", () => {
    const options = { boolean: ["fast", "quiet"] };
    assertEquals<unknown>(parseArgs(["--fast", "file"], options), {
      fast: true,
      quiet: false,
      _: ["file"],
    });
    assertEquals<unknown>(parseArgs(["--fast", "false", "--quiet=false"], options), {
      fast: false,
      quiet: false,
      _: [],
    });
    assertEquals<unknown>(parseArgs(["--fast=x", "--quiet", "true"], options), {
      fast: true,
      quiet: true,
      _: [],
    });
  });

  it("negates only what is negatable", () => {
    const options = { boolean: ["color", "plot"], negatable: ["color"], default: { color: true } };
    assertEquals<unknown>(parseArgs([], options), { color: true, plot: false, _: [] });
    assertEquals<unknown>(parseArgs(["--no-color"], options), { color: false, plot: false, _: [] });
    const { flags, seen } = flagsOf(["--no-plot"], options);
    assertEquals(flags, { color: true, plot: false, _: [] });
    assertEquals(seen, [["--no-plot", "no-plot", true]]);
  });

  it("gives aliases and defaults", () => {
    const options = {
      string: ["model"],
      boolean: ["help"],
      alias: { help: "h", model: ["m"] },
      default: { model: "cnn", epochs: 3 },
    };
    assertEquals<unknown>(parseArgs(["-h"], options), {
      help: true,
      h: true,
      model: "cnn",
      m: "cnn",
      epochs: 3,
      _: [],
    });
    assertEquals<unknown>(parseArgs(["-m", "7", "--epochs", "4"], options), {
      help: false,
      h: false,
      model: "7",
      m: "7",
      epochs: 4,
      _: [],
    });
  });

  it("collects on request, and otherwise keeps the last value", () => {
    const options = { string: ["tag", "name"], collect: ["tag"] };
    assertEquals<unknown>(parseArgs("--tag a --name x --tag 2 --name y".split(" "), options), {
      tag: ["a", "2"],
      name: "y",
      _: [],
    });
    assertEquals<unknown>(parseArgs([], options), { tag: [], _: [] });
  });

  it("reads no flags after --", () => {
    assertEquals<unknown>(parseArgs(["a", "--", "--b", "1"]), { _: ["a", "--b", "1"] });
  });

  it("asks about each unknown flag and argument", () => {
    const options = {
      string: ["rate"],
      boolean: ["help"],
      collect: ["tag"],
      alias: { epochs: "e" },
    };
    const { flags, seen } = flagsOf(
      [
        "--rate",
        "1",
        "--rat",
        "2",
        "-x",
        "--y=z",
        "--help",
        "--tag=t",
        "-e",
        "3",
        "file",
        "--",
        "q",
      ],
      options,
    );
    assertEquals(flags, { rate: "1", help: true, tag: ["t"], epochs: 3, e: 3, _: ["q"] });
    assertEquals(seen, [["--rat", "rat", "2"], ["-x", "x", true], ["--y=z", "y", "z"], ["file"]]);
  });

  it("keeps unknown flags that `unknown` does not refuse", () => {
    const args: Record<string, unknown> = parseArgs(["--x", "1"], { unknown: () => true });
    assertEquals(args, { x: 1, _: [] });
  });
});

/** The tests that `register` registers, as Deno would get them. */
function registered(register: () => void): Deno.TestDefinition[] {
  const definitions: Deno.TestDefinition[] = [];
  const { test } = Deno;
  Reflect.set(Deno, "test", (definition: Deno.TestDefinition) => definitions.push(definition));
  try {
    register();
  } finally {
    Reflect.set(Deno, "test", test);
  }
  return definitions;
}

/** Runs a test as Deno would, and lists its steps: `name`, `name: ignored` or `name: failed`. */
async function stepsOf(definition: Deno.TestDefinition): Promise<string[]> {
  const steps: string[] = [];
  const context = {
    async step(step: Deno.TestStepDefinition) {
      if (step.ignore) return void steps.push(`${step.name}: ignored`);
      try {
        await step.fn(context);
        steps.push(step.name);
      } catch {
        steps.push(`${step.name}: failed`);
      }
    },
  } as unknown as Deno.TestContext;
  await definition.fn(context);
  return steps;
}

const log: string[] = [];

// Registered from here, as std refuses to register while a test of its own runs.
const [group, skippedGroup, single, skippedSingle, alsoSkipped] = registered(() => {
  describe("outer", () => {
    beforeAll(() => void log.push("beforeAll"));
    beforeEach(() => Promise.resolve().then(() => void log.push("beforeEach")));
    afterEach(() => void log.push("afterEach"));
    afterAll(() => void log.push("afterAll"));
    it("passes", () => void log.push("passes"));
    it("fails", () => {
      throw new Error("on purpose");
    });
    it.skip("skipped", () => void log.push("skipped"));
    it.ignore("ignored", () => void log.push("ignored"));
    describe("inner", { sanitizeOps: false }, () => {
      beforeAll(() => void log.push("inner beforeAll"));
      beforeEach(() => void log.push("inner beforeEach"));
      afterEach(() => void log.push("inner afterEach"));
      it("is nested", { sanitizeResources: false }, () => void log.push("nested"));
    });
  });
  describe.skip("skipped group", () => {
    it("never runs", () => void log.push("never"));
  });
  it("single", { sanitizeResources: false, sanitizeOps: false }, () => void log.push("single"));
  it.skip("skipped single", () => {});
  it("also skipped", { ignore: true }, () => {});
});

let asyncError: unknown;
registered(() => {
  try {
    describe("asynchronous", (async () => {}) as () => void);
  } catch (error) {
    asyncError = error;
  }
});

Deno.test("describe() runs its tests as steps between hooks", async () => {
  log.length = 0;
  assertEquals(group.name, "outer");
  assertEquals(await stepsOf(group), [
    "passes",
    "fails: failed",
    "skipped: ignored",
    "ignored: ignored",
    "is nested",
    "inner",
  ]);
  assertEquals(log, [
    "beforeAll",
    ...["beforeEach", "passes", "afterEach"],
    ...["beforeEach", "afterEach"],
    ...["inner beforeAll", "beforeEach", "inner beforeEach"],
    ...["nested", "inner afterEach", "afterEach"],
    "afterAll",
  ]);
});

Deno.test("describe.skip() registers an ignored test", () => {
  assertEquals([skippedGroup.name, skippedGroup.ignore], ["skipped group", true]);
});

Deno.test("describe() refuses an asynchronous body", () => {
  assertInstanceOf(asyncError, Error);
  assertStringIncludes(asyncError.message, 'Returning a Promise from "describe"');
});

Deno.test("it() outside of all groups is a test, with its sanitizers", async () => {
  log.length = 0;
  assertEquals(await stepsOf(single), []);
  assertEquals(log, ["single"]);
  assertEquals([single.sanitizeResources, single.sanitizeOps], [false, false]);
  assertEquals([skippedSingle.ignore, alsoSkipped.ignore], [true, true]);
});
