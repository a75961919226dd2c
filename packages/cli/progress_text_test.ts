import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ProgressLine } from "./progress_line.ts";
import { progressText } from "./progress_text.ts";

const progress = {
  ...{ epoch: 0, epochs: 10, share: 0.05, loss: 2.30259, accuracy: 0.1234 },
  ...{ imagesPerSecond: 1234.5, leftMs: 9500 },
};

describe("progressText()", () => {
  it("has epoch, loss, accuracy, images per second and time left", () => {
    assertEquals(
      progressText(progress),
      "epoch 1/10  loss 2.303  accuracy 12.3 %  1235/s  10 s left",
    );
  });

  it("fits into 80 columns behind a bar", () => {
    const long = { ...progress, epoch: 98, epochs: 99, accuracy: 0.9994, imagesPerSecond: 99_999 };
    let line = "";
    new ProgressLine({ write: (text) => line = text, isTerminal: true })
      .show(0.995, progressText({ ...long, leftMs: 999_000 }));
    assertStringIncludes(line, "accuracy 99.9 %  99999/s  999 s left\x1b[K");
  });

  it("leaves out an accuracy that is not known", () => {
    assertEquals(
      progressText({ ...progress, epoch: 9, accuracy: null }),
      "epoch 10/10  loss 2.303  1235/s  10 s left",
    );
  });
});
