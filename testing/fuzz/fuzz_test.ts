import { random } from "@gradus/random";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FORMATS } from "./formats.ts";
import { fuzzFormat, LONGEST_MS, readOne } from "./fuzz_format.ts";
import { bytesOf, type FuzzedFormat, fuzzedFormat } from "./fuzzed_format.ts";
import { mutate } from "./mutate.ts";
import { runFuzz } from "./run_fuzz.ts";

describe("readers of files", () => {
  for (const format of FORMATS) {
    it(`read what is good and refuse what is bad: ${format.name}`, async () => {
      for (const [place, bytes] of format.good.entries()) {
        const { kind } = await readOne(format, bytes, `good file ${place}`);
        assertEquals(kind, null, `good file ${place}`);
      }
      for (const [what, bytes] of Object.entries(format.bad)) {
        const { kind } = await readOne(format, bytes, what);
        assertNotEquals(kind, null, `a file ${what}`);
      }
    });
  }

  it("read or refuse ten thousand changed files", async () => {
    const results = await runFuzz({ count: 10_000, seed: 1 });
    assertEquals(results.map(({ format }) => format), FORMATS.map(({ name }) => name));
    const [files, read] = (["files", "accepted"] as const).map((name) =>
      results.reduce((sum, result) => sum + result[name], 0)
    );
    assert(files! >= 10_000);
    // What is all refused, or all read, tries little of a reader.
    assert(read! > 0.02 * files! && read! < 0.5 * files!, `${read} of ${files} were read`);
  });
});

describe("mutate()", () => {
  const material = {
    good: [bytesOf('{"a":[1,2],"b":{"c":null}}'), bytesOf("a,b\n1,2\n"), new Uint8Array(20)],
    bad: [new Uint8Array()],
    tokens: [bytesOf("__proto__")],
  };

  it("gives the same file for the same numbers, and others for others", () => {
    const files = (seed: number) => {
      const stream = random(seed);
      return Array.from({ length: 200 }, () => mutate(material, stream));
    };
    assertEquals(files(1), files(1));
    assertNotEquals(files(1), files(2));
    assert(new Set(files(1).map((bytes) => bytes.toBase64())).size > 150);
  });

  it("changes no seed", () => {
    const before = material.good.map((bytes) => bytes.toBase64());
    const stream = random(3);
    for (let i = 0; i < 1000; i++) mutate(material, stream);
    assertEquals(material.good.map((bytes) => bytes.toBase64()), before);
  });
});

describe("fuzzFormat()", () => {
  const form = "Cannot read x as it must be right: found something else";
  /** A reader that does this with a file. */
  const formatOf = (
    read: FuzzedFormat["read"],
    options: Partial<Pick<FuzzedFormat, "check" | "settle" | "file">> = {},
  ) => ({
    ...fuzzedFormat({
      ...{ name: "x", good: [bytesOf("seed")], bad: {}, tokens: ["token"], file: "x" },
      ...{ read, check: () => {} },
    }),
    ...options,
  });
  const fuzz = (format: FuzzedFormat) =>
    fuzzFormat(format, { count: 5, seed: 1, onFile: () => {} });
  const refuses = async (format: FuzzedFormat, found: string | RegExp) => {
    const error = await assertRejects(() => fuzz(format), Error);
    const [, actual = ""] = error.message.split("must be read rightly or refused: found ");
    assert(
      typeof found === "string" ? actual.startsWith(found) : found.test(actual),
      error.message,
    );
  };
  const throwing = (error: unknown) => () => {
    throw error;
  };

  it("counts what is read and what is refused, by the kind of error", async () => {
    let file = 0;
    const { accepted, refused, files } = await fuzz(formatOf(() => {
      if (file++ % 2 === 0) throw new RangeError(form);
    }));
    assertEquals({ accepted, refused, files }, {
      accepted: 2,
      refused: { RangeError: 3 },
      files: 5,
    });
  });

  it("finds errors that are not typed, say nothing or do not name the file", async () => {
    await refuses(formatOf(throwing("x")), "an error of another kind (x)");
    await refuses(formatOf(throwing(new Error(form))), "an error of another kind");
    await refuses(
      formatOf(() => (undefined as unknown as { a: number }).a),
      "an error that does not say what must hold (TypeError: Cannot read properties of undefined",
    );
    await refuses(
      formatOf(throwing(new TypeError(form)), { file: "y.csv" }),
      "an error that does not name the file",
    );
    await refuses(
      formatOf(throwing(new TypeError(`${form}${"x".repeat(2000)}`))),
      "a message of 2055 characters",
    );
  });

  it("finds wrong answers, and what is left behind", async () => {
    const wrong = throwing(new Error("wrong"));
    await refuses(formatOf(() => {}, { check: wrong }), "a wrong answer (Error: wrong)");
    await refuses(formatOf(throwing(new TypeError(form)), { settle: wrong }), "that it left");
  });

  it("finds what takes too much time or memory", async () => {
    await refuses(
      formatOf(() => {
        const startMs = performance.now();
        while (performance.now() - startMs < LONGEST_MS + 1);
      }),
      /^that it took 2\d{3} ms /,
    );
    const kept: Uint8Array[] = [];
    await refuses(
      formatOf(() => kept.push(new Uint8Array(2e6))),
      /^that it took \d+ ms and 2\d{6} bytes of memory /,
    );
  });
});
