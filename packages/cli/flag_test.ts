import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { assertUsageError } from "./_assert_usage_error_test.ts";
import {
  choiceFlag,
  integerFlag,
  nameFlag,
  numberFlag,
  numbersFlag,
  switchFlag,
  textFlag,
} from "./flag.ts";

const any = numberFlag({ description: "a number", fallback: 0 });
const whole = integerFlag({ description: "a whole number", fallback: 0 });

describe("numberFlag()", () => {
  it("reads decimal numbers, with a sign, a point or an exponent", () => {
    const numbers: [string, number][] = [
      ["5", 5],
      ["-5", -5],
      ["+5", 5],
      ["5.", 5],
      [".5", 0.5],
      ["-.5", -0.5],
      ["1e-3", 0.001],
      ["1E+3", 1000],
      ["007", 7],
      ["1e-999", 0],
    ];
    for (const [text, number] of numbers) assertEquals(any.read(text, "rate"), number, text);
  });

  it("reads any finite number as JavaScript writes it", () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(numbers, (number) => {
      assertEquals(any.read(`${number}`, "rate"), number === 0 ? 0 : number);
    }));
  });

  it("refuses what is no finite decimal number", () => {
    const found: [string, string][] = [
      ["", "none"],
      ["0x10", "0x10"],
      ["0b1", "0b1"],
      ["1e999", "1e999"],
      ["-1e999", "-1e999"],
      ["NaN", "NaN"],
      ["Infinity", "Infinity"],
      [" 5", '" 5"'],
      ["5 ", '"5 "'],
      ["5\n6", '"5\\n6"'],
      ["1_000", "1_000"],
      ["1,5", "1,5"],
      ["1e", "1e"],
      [".", "."],
      ["-", "-"],
      ["--5", "--5"],
      ["٥", "٥"],
      ["five", "five"],
      ["9".repeat(61) + "x", `${"9".repeat(60)}…`],
    ];
    for (const [text, shown] of found) {
      assertUsageError(
        () => any.read(text, "rate"),
        `Cannot use --rate as it must be a number: found ${shown}`,
      );
    }
  });

  it("holds each bound, and names those that it has", () => {
    const bounds = [
      { bounds: { above: 0 }, right: ["1e-9", "5"], wrong: ["0", "-1"], text: " above 0" },
      { bounds: { atLeast: 0 }, right: ["0", "-0"], wrong: ["-1e-9"], text: " of at least 0" },
      { bounds: { below: 1 }, right: ["0.999"], wrong: ["1", "2"], text: " below 1" },
      { bounds: { atMost: 1 }, right: ["1"], wrong: ["1.001"], text: " of at most 1" },
      {
        bounds: { atLeast: 0, below: 1 },
        right: ["0", "0.9"],
        wrong: ["-0.1", "1"],
        text: " of at least 0 and below 1",
      },
      {
        bounds: { above: 0, atMost: 1 },
        right: ["1"],
        wrong: ["0", "1.1"],
        text: " above 0 and of at most 1",
      },
    ];
    for (const { bounds: options, right, wrong, text } of bounds) {
      const flag = numberFlag({ description: "bounded", fallback: null, ...options });
      for (const number of right) assertEquals(flag.read(number, "rate"), Number(number) + 0);
      for (const number of wrong) {
        assertUsageError(
          () => flag.read(number, "rate"),
          `Cannot use --rate as it must be a number${text}: found ${number}`,
        );
      }
    }
  });

  it("has no sign on zero, which would show as -0 in messages", () => {
    assertEquals(Object.is(any.read("-0", "rate"), 0), true);
  });

  it("tells the help what it takes", () => {
    const { placeholder, description, fallback } = any;
    assertEquals({ placeholder, description, fallback }, {
      placeholder: "NUMBER",
      description: "a number",
      fallback: 0,
    });
  });
});

describe("integerFlag()", () => {
  it("reads whole numbers up to 2^53 - 1", () => {
    assertEquals(whole.read("9007199254740991", "seed"), 2 ** 53 - 1);
    assertEquals(whole.read("-9007199254740991", "seed"), 1 - 2 ** 53);
    assertEquals(whole.read("1e3", "seed"), 1000);
    assertEquals(whole.read("4.0", "seed"), 4);
  });

  it("refuses fractions, larger numbers and what is no number", () => {
    const wrong = ["1.5", "1e-3", "9007199254740992", "1e999", "NaN", "0x10", "ten"];
    for (const text of wrong) {
      assertUsageError(
        () => whole.read(text, "seed"),
        `Cannot use --seed as it must be a whole number: found ${text}`,
      );
    }
    assertUsageError(
      () => whole.read("", "seed"),
      "Cannot use --seed as it must be a whole number: found none",
    );
  });

  it("holds its bounds", () => {
    const flag = integerFlag({ description: "seeds", fallback: 5, atLeast: 1, atMost: 1000 });
    assertEquals([flag.read("1", "seeds"), flag.read("1000", "seeds")], [1, 1000]);
    for (const text of ["0", "1001", "-3"]) {
      assertUsageError(
        () => flag.read(text, "seeds"),
        `Cannot use --seeds as it must be a whole number of at least 1 and of at most 1000: found ${text}`,
      );
    }
    assertEquals(flag.placeholder, "N");
  });
});

describe("numbersFlag()", () => {
  const rates = numbersFlag({ description: "rates", fallback: [0.1], above: 0 });
  const sizes = numbersFlag({ description: "sizes", fallback: [16], atLeast: 1, whole: true });

  it("reads one number or more, in their order", () => {
    assertEquals(rates.read("0.1", "rate"), [0.1]);
    assertEquals(rates.read("0.1,1e-3,5", "rate"), [0.1, 0.001, 5]);
    assertEquals(sizes.read("64,4", "hidden"), [64, 4]);
  });

  it("refuses a wrong number among right ones", () => {
    const found: [string, string][] = [
      ["", "none"],
      ["0.1,", "none"],
      [",0.1", "none"],
      ["0.1,,0.2", "none"],
      ["0.1,0", "0"],
      ["0.1, 0.2", '" 0.2"'],
      ["0.1;0.2", "0.1;0.2"],
      ["0.1,NaN", "NaN"],
    ];
    for (const [text, shown] of found) {
      assertUsageError(
        () => rates.read(text, "rate"),
        `Cannot use --rate as it must be a number above 0: found ${shown}`,
      );
    }
    assertUsageError(
      () => sizes.read("4,1.5", "hidden"),
      "Cannot use --hidden as it must be a whole number of at least 1: found 1.5",
    );
  });

  it("refuses a number that is there twice, however it is written", () => {
    assertUsageError(
      () => rates.read("0.1,0.2,1e-1", "rate"),
      "Cannot use --rate as each number must be given once: found 0.1,0.2,1e-1",
    );
  });

  it("tells the help what it takes", () => {
    assertEquals([rates.placeholder, sizes.placeholder], ["NUMBER[,NUMBER…]", "N[,N…]"]);
  });

  it("reads a number that is there twice, if it may be", () => {
    const layers = numbersFlag({ description: "units", fallback: [16], repeated: true });
    assertEquals(layers.read("64,64", "hidden"), [64, 64]);
  });
});

describe("choiceFlag()", () => {
  const flag = choiceFlag({ description: "order", fallback: "up", choices: ["up", "down"] });

  it("reads one of its words", () => {
    assertEquals([flag.read("up", "order"), flag.read("down", "order")], ["up", "down"]);
  });

  it("refuses any other, such as one in capitals or of an object's own", () => {
    for (const text of ["", "Up", "u", "toString", "up,down", "up "]) {
      assertUsageError(
        () => flag.read(text, "order"),
        `Cannot use --order as it must be one of up, down: found ${
          text === "" ? "none" : text === "up " ? '"up "' : text
        }`,
      );
    }
  });

  it("stands in the help with its words, behind the description if they are many", () => {
    assertEquals([flag.placeholder, flag.description], ["up|down", "order"]);
    const choices = ["xavier_uniform", "xavier_normal", "he_uniform", "he_normal"] as const;
    const many = choiceFlag({ description: "how weights start", fallback: choices[0], choices });
    assertEquals([many.placeholder, many.description], [
      "NAME",
      "how weights start: xavier_uniform, xavier_normal, he_uniform, he_normal",
    ]);
  });
});

describe("textFlag()", () => {
  const flag = textFlag({ description: "a file", fallback: null, placeholder: "FILE" });

  it("reads any text as it is", () => {
    for (const text of ["iris.csv", " ", "a=b", "0x10", "ä"]) {
      assertEquals(flag.read(text, "data"), text);
    }
    assertEquals(flag.placeholder, "FILE");
  });

  it("refuses none", () => {
    assertUsageError(
      () => flag.read("", "data"),
      "Cannot use --data as it must have a value: found none",
    );
  });
});

describe("nameFlag()", () => {
  const flag = nameFlag({ description: "folder of the runs", fallback: "cifar" });

  it("reads names of letters, digits and some signs", () => {
    for (const text of ["a", "Iris_2-layers_lr=0.01", "7", "a".repeat(200)]) {
      assertEquals(flag.read(text, "model-name"), text);
    }
    assertEquals([flag.placeholder, flag.fallback], ["NAME", "cifar"]);
  });

  it("refuses names that could lead out of the folder", () => {
    const wrong = ["../x", "a/b", ".hidden", "a b", "ä", "/", "a\\b", "..", ""];
    for (const text of [...wrong, "a".repeat(201)]) {
      assertUsageError(
        () => flag.read(text, "model-name"),
        `Cannot use --model-name as it must be letters, digits, or any of . _ = -, and not start with a dot: found ${
          text === "" ? "none" : text.length > 60 ? `${text.slice(0, 60)}…` : text
        }`,
      );
    }
  });
});

describe("switchFlag()", () => {
  const flag = switchFlag({ description: "print JSON" });

  it("is true where it is present, and false where not", () => {
    assertEquals(flag.read("", "json"), true);
    assertEquals([flag.fallback, flag.placeholder], [false, null]);
  });

  it("refuses a value", () => {
    for (const text of ["5", "true", "false"]) {
      assertUsageError(
        () => flag.read(text, "json"),
        `Cannot use --json as it takes no value: found ${text}`,
      );
    }
  });
});
