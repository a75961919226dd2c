import { Dense, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { save } from "@gradus/train";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { openRunModel } from "./run_model.ts";
import { UsageError } from "./usage_error.ts";

const backend = reference();

describe("openRunModel()", () => {
  it("opens the model of a run", async () => {
    await inFolder(async (folder) => {
      const model = new Sequential([new Dense(3)]);
      model.init([2], { backend, random: random(0) });
      await save(model, `${folder}/model.safetensors`);
      const opened = await openRunModel(folder, { backend, verb: "export" });
      assertEquals(opened.toJSON(), model.toJSON());
    });
  });

  it("tells in one line what is wrong", async () => {
    await inFolder(async (folder) => {
      const refuses = async (message: string) => {
        const opening = () => openRunModel(folder, { backend, verb: "export" });
        assertEquals((await assertRejects(opening, UsageError)).message, message);
      };
      await refuses(
        `Cannot export ${folder} as it must hold what training leaves at its end: found no model.safetensors`,
      );
      const model = new Sequential([new Dense(3)]);
      model.init([2], { backend, random: random(0) });
      await save(model, `${folder}/model.safetensors`);
      for (
        const [shapes, found] of [
          [{ inputShape: [4] }, "take [4]: found [2]"],
          [{ inputShape: [2], outputShape: [2] }, "give [2]: found [3]"],
        ] as const
      ) {
        const opening = () => openRunModel(folder, { backend, verb: "collect", ...shapes });
        const { message } = await assertRejects(opening, UsageError);
        assertEquals(message, `Cannot collect ${folder} as its model must ${found}`);
      }
      await Deno.writeFile(`${folder}/model.safetensors`, new Uint8Array(3));
      await refuses(
        `Cannot decode ${folder}/model.safetensors as it must start with the 8 bytes of a length: found its end at byte 3`,
      );
    });
  });
});
