import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertUsageError } from "./_assert_usage_error_test.ts";
import { choiceFlag, integerFlag, numberFlag, numbersFlag, switchFlag, textFlag } from "./flag.ts";
import { helpText, parseFlags, parseOperands } from "./parse_flags.ts";

const spec = {
  rate: numberFlag({ description: "a rate", fallback: 0.1 }),
  sizes: numbersFlag({ description: "sizes", fallback: [4, 16], atLeast: 1, whole: true }),
  epochs: integerFlag({ description: "passes over the data", fallback: 10, atLeast: 1 }),
  order: choiceFlag({ description: "an order", fallback: "up", choices: ["up", "down"] }),
  "model-name": textFlag({ description: "a name", fallback: null, placeholder: "NAME" }),
  json: switchFlag({ description: "print JSON" }),
};

const fallbacks = {
  rate: 0.1,
  sizes: [4, 16],
  epochs: 10,
  order: "up" as const,
  "model-name": null,
  json: false,
};

function refuses(args: string[], message: string): void {
  assertUsageError(() => parseFlags(args, spec), message);
}

function refusesArgument(args: string[], found: string): void {
  refuses(
    args,
    `Cannot understand the command as each argument must be a flag that --help lists: found ${found}`,
  );
}

describe("parseFlags()", () => {
  it("gives the fallback of each flag that is absent, and nothing else", () => {
    assertEquals(parseFlags([], spec), fallbacks);
  });

  it("reads each kind of flag, behind a blank or an equals sign", () => {
    const expected = {
      rate: 0.5,
      sizes: [1, 2],
      epochs: 3,
      order: "down" as const,
      "model-name": "a=b",
      json: true,
    };
    const apart = ["--rate", "0.5", "--sizes", "1,2", "--epochs", "3", "--order", "down"];
    assertEquals(parseFlags([...apart, "--model-name", "a=b", "--json"], spec), expected);
    const joined = ["--rate=0.5", "--sizes=1,2", "--epochs=3", "--order=down"];
    assertEquals(parseFlags(["--json", ...joined, "--model-name=a=b"], spec), expected);
  });

  it("keeps text that looks like a number as text", () => {
    assertEquals(parseFlags(["--model-name", "007"], spec)["model-name"], "007");
    assertEquals(parseFlags(["--model-name", "true"], spec)["model-name"], "true");
  });

  it("reads negative numbers behind a blank or an equals sign", () => {
    for (const number of ["-1", "-.5", "-1e-3", "-12.25"]) {
      assertEquals(parseFlags(["--rate", number], spec).rate, Number(number));
      assertEquals(parseFlags([`--rate=${number}`, "--json"], spec).rate, Number(number));
    }
    refuses(
      ["--epochs", "-1"],
      "Cannot use --epochs as it must be a whole number of at least 1: found -1",
    );
    refuses(["--json", "-1"], "Cannot use --json as it takes no value: found -1");
    refusesArgument(["-1"], "-1");
    refusesArgument(["--rate", "1", "-1"], "-1");
    refusesArgument(["--rate=1", "-1"], "-1");
    refusesArgument(["--rate", "-1", "-2"], "-2");
  });

  it("counts the last of a flag that is there twice", () => {
    assertEquals(parseFlags(["--epochs", "3", "--epochs=5"], spec).epochs, 5);
    assertEquals(parseFlags(["--json", "--json"], spec).json, true);
  });

  it("refuses unknown flags", () => {
    const unknown = ["--epoch", "--epoch=3", "--EPOCHS", "--no-json", "--help", "--epochs.a"];
    for (const argument of unknown) refusesArgument([argument], argument);
    for (const argument of ["--__proto__", "--constructor", "--toString=1"]) {
      refusesArgument([argument, "1"], argument);
    }
    refusesArgument(["--epoch", "3"], "--epoch");
    refusesArgument(["--epochs", "3", "--rat", "1"], "--rat");
  });

  it("refuses what has a single dash, or is one", () => {
    for (const argument of ["-e", "-h", "-epochs", "-e=3", "-e5", "-json", "-"]) {
      refusesArgument([argument], argument);
    }
    refusesArgument(["--json", "-x"], "-x");
  });

  it("refuses what is no flag, and what follows two dashes", () => {
    refusesArgument(["train"], "train");
    refusesArgument(["--epochs", "3", "train"], "train");
    refusesArgument(["--epochs", "3", ""], "none");
    refusesArgument(["--", "--epochs", "3"], "--");
    refusesArgument(["--json", "--"], "--");
    refusesArgument(["a\nb"], '"a\\nb"');
  });

  it("refuses a flag without its value, at the end and before another", () => {
    const epochs = "Cannot use --epochs as it must be a whole number of at least 1: found none";
    refuses(["--epochs"], epochs);
    refuses(["--json", "--epochs"], epochs);
    refuses(["--epochs", "--json"], epochs);
    refuses(["--model-name"], "Cannot use --model-name as it must have a value: found none");
    refuses(["--rate", "--sizes", "1"], "Cannot use --rate as it must be a number: found none");
    refuses(["--order"], "Cannot use --order as it must be one of up, down: found none");
  });

  it("refuses a switch with a value", () => {
    refuses(["--json=5"], "Cannot use --json as it takes no value: found 5");
    refuses(["--json=false"], "Cannot use --json as it takes no value: found false");
    refuses(["--json", "true"], "Cannot use --json as it takes no value: found true");
    refuses(["--json", "train"], "Cannot use --json as it takes no value: found train");
  });

  it("refuses the first wrong value in the order of the flags", () => {
    refuses(
      ["--epochs", "0", "--rate", "x"],
      "Cannot use --rate as it must be a number: found x",
    );
  });

  it("leaves its arguments as they are", () => {
    const args = Object.freeze(["--rate", "-1"]);
    parseFlags(args, spec);
    assertEquals(args, ["--rate", "-1"]);
  });
});

describe("parseOperands()", () => {
  const parse = (args: string[], counts: { atLeast?: number; atMost?: number } = {}) =>
    parseOperands(args, spec, { name: "FILE", ...counts });

  it("gives what belongs to no flag, in order, as text", () => {
    assertEquals(parse(["a", "--rate", "0.5", "7", "--json", "b", "--order=down", "__proto__"]), {
      flags: { ...fallbacks, rate: 0.5, json: true, order: "down" },
      operands: ["a", "7", "b", "__proto__"],
    });
    assertEquals(parse([]), { flags: fallbacks, operands: [] });
  });

  it("refuses flags that are not known, and what follows --", () => {
    for (const args of [["a", "--epoch", "3"], ["-x", "a"], ["a", "--", "b"]]) {
      assertUsageError(
        () => parse(args),
        `Cannot understand the command as each argument must be a flag that --help lists: found ${
          args.find((arg) => arg.startsWith("-"))
        }`,
      );
    }
    assertUsageError(
      () => parse(["--json=yes", "a"]),
      "Cannot use --json as it takes no value: found yes",
    );
  });

  it("refuses more or fewer than there must be, unless it is help that is asked for", () => {
    const refuses = (args: string[], counts: { atLeast?: number; atMost?: number }, text: string) =>
      assertUsageError(
        () => parse(args, counts),
        `Cannot understand the command as it takes ${text}`,
      );
    refuses([], { atLeast: 1, atMost: 1 }, "1 FILE: found 0");
    refuses(["a", "b"], { atLeast: 1, atMost: 1 }, "1 FILE: found 2");
    refuses([], { atLeast: 1 }, "at least 1 FILE: found 0");
    const help = { help: switchFlag({ description: "help" }) };
    const options = { name: "FILE", atLeast: 1 };
    assertEquals(parseOperands(["--help"], help, options).flags, { help: true });
  });
});

describe("helpText()", () => {
  const options = { command: "deno task train", purpose: "Trains." };

  it("aligns descriptions, with the defaults that there are", () => {
    assertEquals(
      helpText(spec, options),
      `Trains.

Usage: deno task train [flags]

  --rate NUMBER      a rate (default 0.1)
  --sizes N[,N…]     sizes (default 4,16)
  --epochs N         passes over the data (default 10)
  --order up|down    an order (default up)
  --model-name NAME  a name
  --json             print JSON`,
    );
  });

  it("ends with a note, wrapped, where there is one", () => {
    const json = { json: switchFlag({ description: "print JSON" }) };
    const note =
      "Exit codes: 0 where all is done, 1 where training diverges, 2 where a flag or a " +
      "file cannot be used, 130 after Ctrl-C.";
    assertEquals(
      helpText(json, { ...options, note }),
      `Trains.

Usage: deno task train [flags]

  --json  print JSON

Exit codes: 0 where all is done, 1 where training diverges, 2 where a flag or a file cannot be used,
130 after Ctrl-C.`,
    );
  });

  it("gives a long flag a line of its own, and wraps a long description", () => {
    const long = {
      "learning-rate": numbersFlag({ description: "rates to try", fallback: [0.1] }),
      data: textFlag({
        description: `${"flowers to use in place of the built-in ones, ".repeat(3)}as CSV`,
        fallback: null,
        placeholder: "FILE",
      }),
      json: switchFlag({ description: "print JSON" }),
    };
    const text = helpText(long, options);
    assertEquals(
      text,
      `Trains.

Usage: deno task train [flags]

  --learning-rate NUMBER[,NUMBER…]
               rates to try (default 0.1)
  --data FILE  flowers to use in place of the built-in ones, flowers to use in place of the built-in
               ones, flowers to use in place of the built-in ones, as CSV
  --json       print JSON`,
    );
    for (const line of text.split("\n")) assertEquals(line.length <= 100, true, line);
  });
});
