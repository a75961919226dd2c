import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type OpenFile, readExactly } from "./_read_exactly.ts";

/** A file that gives three bytes at most. */
function slowFile(contents: Uint8Array): OpenFile {
  return {
    read: (bytes, offset, length, position) => {
      const piece = contents.subarray(position, position + Math.min(length, 3));
      bytes.set(piece, offset);
      return Promise.resolve({ bytesRead: piece.length });
    },
  };
}

const contents = Uint8Array.from({ length: 12 }, (_, i) => i);

describe("readExactly()", () => {
  it("reads on where one call gives too little", async () => {
    const bytes = new Uint8Array(8);
    await readExactly(slowFile(contents), bytes, { begin: 2, file: "x.bin" });
    assertEquals(bytes, contents.slice(2, 10));
  });

  it("refuses a file that ends too early, naming file and byte", async () => {
    await assertRejects(
      () => readExactly(slowFile(contents), new Uint8Array(8), { begin: 5, file: "x.bin" }),
      SyntaxError,
      "Cannot decode x.bin as it must keep its length while it is read: found its end at byte 12",
    );
  });
});
