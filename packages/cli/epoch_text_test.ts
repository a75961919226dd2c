import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { epochText } from "./epoch_text.ts";

const training = { loss: 2.30259, accuracy: 0.1234, rows: 100 };
const entry = { epoch: 99, training, learningRate: 0.1, durationMs: 61_449 };

describe("epochText()", () => {
  it("has the means of training and validation, and the time", () => {
    const validation = { loss: 0.5, accuracy: 1, rows: 10 };
    assertEquals(
      epochText({ ...entry, validation }),
      "epoch 100  training loss 2.303  accuracy 12.34 %  validation loss 0.500  accuracy 100.00 %  61.4 s",
    );
  });

  it("leaves out what is not known", () => {
    assertEquals(
      epochText({ ...entry, epoch: 0, training: { ...training, accuracy: null } }),
      "epoch   1  training loss 2.303  61.4 s",
    );
  });
});
