import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { predictionsCsv } from "./predictions_csv.ts";

describe("predictionsCsv()", () => {
  it("numbers the rows from 1", async () => {
    assertEquals(
      await predictionsCsv(new Int32Array([3, 0, 9])),
      "Id,Category\r\n1,3\r\n2,0\r\n3,9\r\n",
    );
  });

  it("is a header alone where there are no rows", async () => {
    assertEquals(await predictionsCsv([]), "Id,Category\r\n");
  });
});
