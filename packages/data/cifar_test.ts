import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeCifar10, decodeCifar100 } from "./cifar.ts";

const file = "data_batch_1.bin";

/** A record of which each plane counts from another number. */
function record(...labels: number[]): number[] {
  const planes = [0, 80, 160].flatMap((first) =>
    Array.from({ length: 1024 }, (_, pixel) => first + pixel % 79)
  );
  return [...labels, ...planes];
}

describe("decodeCifar10()", () => {
  it("decodes records with their channels pixel by pixel", () => {
    const bytes = new Uint8Array([...record(3), ...record(9)]);
    const { x, y, classes } = decodeCifar10(bytes, { file });
    assertEquals(x.shape, [2, 32, 32, 3]);
    const expected = Array.from(
      { length: 1024 },
      (_, pixel) => [0, 80, 160].map((first) => first + pixel % 79),
    ).flat();
    assertEquals(x.data, new Uint8Array([...expected, ...expected]));
    assertEquals(y, { data: new Int32Array([3, 9]), shape: [2] });
    assertEquals(classes[3], "cat");
  });

  it("refuses lengths that are no records", () => {
    for (const length of [0, 1, 3072, 3074, 2 * 3073 - 1]) {
      assertThrows(
        () => decodeCifar10(new Uint8Array(length), { file }),
        SyntaxError,
        `Cannot decode data_batch_1.bin as it must be records of 3073 bytes: ` +
          `found ${length} bytes`,
      );
    }
  });

  it("refuses a label above 9 and names its byte", () => {
    assertThrows(
      () => decodeCifar10(new Uint8Array([...record(9), ...record(10)]), { file }),
      SyntaxError,
      "Cannot decode data_batch_1.bin as byte 3073 must be a label from 0 to 9: found 10",
    );
  });
});

describe("decodeCifar100()", () => {
  it("decodes fine and coarse labels", () => {
    const { x, y, coarse } = decodeCifar100(new Uint8Array([...record(19, 99), ...record(0, 7)]));
    assertEquals(x.shape, [2, 32, 32, 3]);
    assertEquals(x.data.slice(3, 6), new Uint8Array([1, 81, 161]));
    assertEquals(y, { data: new Int32Array([99, 7]), shape: [2] });
    assertEquals(coarse, { data: new Int32Array([19, 0]), shape: [2] });
  });

  it("refuses lengths that are no records and labels out of range", () => {
    assertThrows(
      () => decodeCifar100(new Uint8Array(3073)),
      SyntaxError,
      "Cannot decode the CIFAR bytes as it must be records of 3074 bytes: found 3073 bytes",
    );
    assertThrows(
      () => decodeCifar100(new Uint8Array(record(20, 0)), { file }),
      SyntaxError,
      "Cannot decode data_batch_1.bin as byte 0 must be a label from 0 to 19: found 20",
    );
    assertThrows(
      () => decodeCifar100(new Uint8Array(record(0, 100)), { file }),
      SyntaxError,
      "Cannot decode data_batch_1.bin as byte 1 must be a label from 0 to 99: found 100",
    );
  });
});
