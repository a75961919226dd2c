import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withFiles } from "./_test_folder_test.ts";
import { loadImagesNpy } from "./load_images_npy.ts";
import { MissingFilesError } from "./missing_files_error.ts";
import { encodeNpy } from "./npy.ts";

describe("loadImagesNpy()", () => {
  it("reads a file in the layout that it is told", () => {
    const data = Uint8Array.from({ length: 12 }, (_, i) => i);
    const npy = encodeNpy({ data, shape: [1, 12] });
    return withFiles({ "x.npy": npy }, async (folder) => {
      const images = await loadImagesNpy(`${folder}/x.npy`, { layout: "channels first" });
      assertEquals(images, {
        data: new Uint8Array([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
        shape: [1, 2, 2, 3],
      });
    });
  });

  it("names the file that is missing or does not decode", async () => {
    await assertRejects(
      () => loadImagesNpy("no/x.npy"),
      MissingFilesError,
      "Cannot load images as no/x.npy must be a file: found none",
    );
    await withFiles({ "x.npy": "no npy" }, async (folder) => {
      await assertRejects(
        () => loadImagesNpy(`${folder}/x.npy`),
        SyntaxError,
        `Cannot decode ${folder}/x.npy as byte 0 must be 147, as in \\x93NUMPY: found 110`,
      );
      await assertRejects(() => loadImagesNpy(folder), Error, "EISDIR");
    });
  });
});
