import { AppTask } from "@gradus/testing/app-task";
import { isMissing } from "@gradus/testing/find-program";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { cifarFile, fashionFiles, named, type NamedFile } from "./_image_files_test.ts";
import { type OpenPage, type Playground, startPlayground } from "./_open_page_test.ts";

const root = new URL("../..", import.meta.url).pathname;
const ignore = isMissing("chromium");

describe(
  ignore ? "the playground (chromium is not installed)" : "the playground",
  { ignore },
  () => {
    let playground: Playground;
    beforeAll(async () => {
      playground = await startPlayground();
    });
    afterAll(() => playground.close());

    /** Runs with the page, in which nothing may go wrong. */
    async function withPage(
      options: Parameters<Playground["open"]>[0],
      run: (open: OpenPage) => Promise<void>,
    ): Promise<void> {
      const open = await playground.open(options);
      await run(open);
      assertEquals(open.complaints, []);
      await open.page.context().close();
    }

    it("is served by its task, compressed, on a port of its own", async () => {
      const task = new AppTask("playground");
      const server = task.start(root, ["--port", "0"]);
      try {
        const line = await firstLine(server.stdout);
        const [, address, port] = line.match(
          /^The playground is at (http:\/\/127\.0\.0\.1:(\d+)\/)$/,
        )!;
        const response = await fetch(`${address!}worker.js`);
        assertEquals(response.headers.get("Vary"), "Accept-Encoding");
        assertMatch(await response.text(), /postMessage/);

        const { code, stderr } = await task.run(root, "--port", port!);
        assertEquals({ code, stderr }, {
          code: 1,
          stderr:
            "Cannot serve the playground as its port must be free: choose another by --port\n",
        });
      } finally {
        server.kill();
        await server.output();
      }
    });

    it("trains Iris to 0.9, as the program that it shows does in Deno", async () => {
      await withPage({}, async ({ page }) => {
        await set(page, { threads: 2 });
        await train(page);
        assert(await accuracy(page) >= 0.9);
        const program = await page.textContent("#program");
        const [epoch, loss, , , validation] = await lastLine(program!);
        assertEquals(epoch, 60);
        assertEquals(await page.textContent("#loss-number"), loss!.toPrecision(3));
        assertEquals(
          await page.textContent("#accuracy-number"),
          `${(100 * validation!).toFixed(1)} %`,
        );
      });
    });

    it("trains the shapes to 0.4 in eight epochs, and answers meanwhile", async () => {
      await withPage({}, async ({ page }) => {
        await page.check("[value=shapes]");
        await set(page, { rows: 1500, width: 8, batch: 16, epochs: 8, threads: 1 });
        await page.click("#start");
        await untilStatus(page, "Training on Drawn shapes.");
        const gapMs = await longestGapMs(page, 1000);
        assert(gapMs < 250, `no frame for ${gapMs} ms`);
        await page.mouse.move(...await middleOf(page, "#pad"));
        await page.mouse.down();
        await page.mouse.up();
        await page.waitForSelector("#answer li:nth-child(10)");
        await untilStatus(page, "Done.");
        assert(await accuracy(page) >= 0.4);
        const text = await page.textContent("#samples-text");
        assertMatch(text!, /^Of 24 images that it does not train on, it names \d+ right\.$/);
        assertEquals(await page.locator("#samples .said").count(), 24);
      });
    });

    it("trains on WebGPU where it is chosen", async () => {
      await withPage({}, async ({ page }) => {
        await page.selectOption("#backend", "webgpu");
        await untilText(page, "#backend-text", "Runs on WebGPU. You chose it.");
        await train(page);
        assert(await accuracy(page) >= 0.9);
      });
    });

    it("trains the shapes on WebGPU as on wasm", async () => {
      // By SGD: where a gradient is zero but for rounding, Adam steps as far as anywhere else. A step an
      // epoch: the loss that is shown is a mean since the last one, and what that was is up to the clock.
      const lossOn = async (backend: string) => {
        let loss: string | null = null;
        await withPage({}, async ({ page }) => {
          // The processor plays the GPU, and compiles thirty programs.
          page.setDefaultTimeout(300_000);
          await page.check("[value=shapes]");
          await page.selectOption("#backend", backend);
          await page.selectOption("#optimizer", "sgd");
          await set(page, { rows: 16, width: 4, batch: 16, epochs: 4, threads: 1 });
          await train(page);
          loss = await page.textContent("#loss-number");
        });
        return loss;
      };
      const loss = await lossOn("webgpu");
      assertMatch(loss!, /^\d+\.\d+$/);
      assertEquals(loss, await lossOn("wasm"));
    });

    it("says that the device was lost, and trains again", async () => {
      await withPage({}, async ({ page }) => {
        await page.selectOption("#backend", "webgpu");
        await set(page, { epochs: 10_000 });
        const worker = page.workers()[0]!;
        await worker.evaluate(() => {
          const scope = globalThis as unknown as { GPUAdapter: typeof GPUAdapter };
          const { requestDevice } = scope.GPUAdapter.prototype;
          scope.GPUAdapter.prototype.requestDevice = async function (wish) {
            const device = await requestDevice.call(this, wish);
            Object.assign(globalThis, { device });
            return device;
          };
        });
        await page.click("#start");
        await untilStatus(page, "Training on Iris.");
        await worker.evaluate(() =>
          (globalThis as unknown as { device: GPUDevice }).device.destroy()
        );
        await untilStatus(page, "Training broke off. The model was lost with its device.");
        assertMatch(
          (await page.textContent("#error"))!,
          /^Cannot use the webgpu backend as its device must not be lost: found it lost, destroyed /,
        );
        assert(await page.isHidden("#train-on"));

        await set(page, { epochs: 3 });
        await train(page);
        assertEquals(await page.textContent("#epoch-number"), "3 of 3");
        assert(await page.isHidden("#error"));
      });
    });

    it("takes wasm where the adapter is the processor, and says why", async () => {
      await withPage({}, async ({ page }) => {
        await set(page, { threads: 2 });
        await untilText(
          page,
          "#backend-text",
          "Runs on WebAssembly, 2 threads. WebGPU would run on the processor too, and slower.",
        );
      });
    });

    it("works on one thread where it is not isolated, and says so", async () => {
      await withPage({ isIsolated: false }, async ({ page }) => {
        assert(await page.isDisabled("#threads"));
        assert(await page.isVisible("#threads-hint"));
        await train(page);
        assert(await accuracy(page) >= 0.9);
        assertMatch(
          (await page.textContent("#backend-text"))!,
          /^Runs on WebAssembly, 1 thread\. /,
        );
      });
    });

    it("pauses, goes on, takes a new learning rate at once, and stops", async () => {
      await withPage({}, async ({ page }) => {
        // Too much to be done before the test is.
        await set(page, { epochs: 10_000, width: 512, batch: 1, "learning-rate": 1e-4 });
        await page.click("#start");
        await untilStatus(page, "Training on Iris.");
        await page.click("#pause");
        await untilStatus(page, "Paused.");
        const paused = await settled(page, "#epoch-number");
        await page.click("#pause");
        await untilStatus(page, "Training goes on.");
        await untilOther(page, "#epoch-number", paused);

        // Nothing is learnt at a rate of 0, so that the curve is flat from there on.
        await set(page, { "learning-rate": 0 });
        const loss = await settled(page, "#accuracy-number");
        await untilOther(page, "#epoch-number", (await page.textContent("#epoch-number"))!);
        assertEquals(await page.textContent("#accuracy-number"), loss);

        await page.click("#stop");
        await untilStatus(page, "Stopped.");
        assertEquals(await page.getAttribute("#pause", "aria-disabled"), "true");
      });
    });

    it("trains a network of another width, and trains on", async () => {
      await withPage({}, async ({ page }) => {
        await set(page, { width: 8, epochs: 5 });
        await untilText(page, "#layers tfoot", "Together67");
        await train(page);
        assertEquals(await page.textContent("#epoch-number"), "5 of 5");
        const before = await page.textContent("#loss-number");
        await page.click("#train-on");
        await untilText(page, "#epoch-number", "10 of 10");
        await untilStatus(page, "Done.");
        assert(Number(await page.textContent("#loss-number")) < Number(before));
      });
    });

    it("says what is wrong with a setting, and does not start", async () => {
      await withPage({ viewport: { width: 800, height: 600 } }, async ({ page }) => {
        await page.click("summary");
        await set(page, { batch: 0 });
        await page.click("summary");
        await page.click("#start");
        assertEquals(await focused(page), "batch");
        assertEquals(await page.textContent("#status"), "Ready to start.");
      });
    });

    it("hands out weights, and takes them again for the same answers", async () => {
      let weights: NamedFile;
      let answer: string;
      await withPage({}, async ({ page }) => {
        await set(page, { seed: 3 });
        await train(page);
        answer = await settled(page, "#answer");
        const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
        assertEquals(download.suggestedFilename(), "iris.safetensors");
        weights = named("iris.safetensors", await Deno.readFile(await download.path()));
      });
      await withPage({}, async ({ page }) => {
        await set(page, { seed: 4, epochs: 1 });
        await train(page);
        assertNotEquals(await settled(page, "#answer"), answer);
        await page.setInputFiles("#weights", weights);
        await untilStatus(page, "Loaded iris.safetensors.");
        assertEquals(await settled(page, "#answer"), answer);
        await page.click("#train-on");
        await untilStatus(page, "Done.");
        assert(await accuracy(page) >= 0.9);
      });
    });

    it("says what is wrong with a file of weights, and keeps the model", async () => {
      await withPage({}, async ({ page }) => {
        await train(page);
        const answer = await settled(page, "#answer");
        const refuse = async (file: NamedFile, message: string) => {
          await page.setInputFiles("#weights", file);
          await untilText(page, "#error", message);
          assertEquals(await settled(page, "#answer"), answer);
        };
        await refuse(
          named("short.safetensors", new Uint8Array(3)),
          "Cannot decode short.safetensors as it must start with the 8 bytes of a length: found its end at byte 3",
        );
        const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
        const bytes = await Deno.readFile(await download.path());
        await set(page, { width: 8 });
        await refuse(
          named("iris.safetensors", bytes),
          "Cannot load 0.weight from iris.safetensors as its shape must be [4, 8]: found [4, 16]",
        );
      });
    });

    it("trains on files of Fashion-MNIST that are dropped on it, and tests", async () => {
      await withPage({}, async ({ page }) => {
        await drop(page, [...await fashionFiles("train", 300), ...await fashionFiles("t10k", 50)]);
        await untilText(
          page,
          "#files-text",
          "Fashion-MNIST: 300 images to learn from, 50 to test with.",
        );
        assert(await page.isChecked("[value=files]"));
        await page.selectOption("#network", "perceptron");
        await page.selectOption("#optimizer", "adam");
        await set(page, { epochs: 5 });
        await page.click("#start");
        await untilStatus(page, "Done. Test accuracy: 100.0 %.");
        assertEquals(await accuracy(page), 1);
        assertEquals(await page.locator("#samples .said").count(), 24);
      });
    });

    it("trains on a batch of CIFAR-10 that is chosen, on two threads", async () => {
      await withPage({}, async ({ page }) => {
        await page.check("[value=files]");
        await page.setInputFiles("#files", [cifarFile("data_batch_1.bin", 200)]);
        await untilText(
          page,
          "#files-text",
          "CIFAR-10: 200 images to learn from, none to test with.",
        );
        await set(page, { width: 4, batch: 16, epochs: 5, threads: 2 });
        await page.click("#start");
        await untilStatus(page, "Done.");
        assert(await accuracy(page) >= 0.5);
        await page.click("#take-image");
        await page.waitForSelector("#answer li:nth-child(10)");
      });
    });

    it("says what is wrong with files of images", async () => {
      const [images, labels] = await fashionFiles("train", 20) as [NamedFile, NamedFile];
      const [fewer] = await fashionFiles("train", 10) as [NamedFile];
      const refused: readonly (readonly [readonly NamedFile[], string])[] = [
        [
          [images],
          "Cannot read train-images-idx3-ubyte.gz as its labels must come with it: found no file of labels",
        ],
        [
          [fewer, labels],
          "Cannot pair train-images-idx3-ubyte.gz with train-labels-idx1-ubyte.gz as their counts must be equal: found 10 and 20",
        ],
        [
          [named(images.name, images.buffer.subarray(0, 100)), labels],
          "Cannot decode train-images-idx3-ubyte.gz as gzip data must be whole: found it truncated, damaged or followed by other bytes",
        ],
        [
          [named("data_batch_1.bin", new Uint8Array(3072))],
          "Cannot decode data_batch_1.bin as it must be records of 3073 bytes: found 3072 bytes",
        ],
        [
          [named("cifar-10-binary.tar.gz", new Uint8Array(9))],
          "Cannot read cifar-10-binary.tar.gz as files must be unpacked first: found an archive",
        ],
      ];
      await withPage({}, async ({ page }) => {
        for (const [files, message] of refused) {
          await drop(page, files);
          await untilText(page, "#error", message);
        }
        await page.click("#start");
        await untilText(
          page,
          "#error",
          "Cannot train on files as there must be some: drop those of Fashion-MNIST or CIFAR-10",
        );
      });
    });

    it("can be used by keys alone", async () => {
      await withPage({}, async ({ page }) => {
        const { keyboard } = page;
        await keyboard.press("Tab");
        assertEquals(await focused(page), "Skip to training");
        await keyboard.press("Tab");
        await keyboard.press("ArrowDown");
        assert(await page.isChecked("[value=shapes]"));
        await tabTo(page, "epochs");
        await keyboard.type("1000");
        await tabTo(page, "rows");
        await keyboard.type("200");
        await tabTo(page, "start");
        await keyboard.press("Enter");
        await untilStatus(page, "Training on Drawn shapes.");
        await tabTo(page, "stop");
        await keyboard.press("Enter");
        await untilStatus(page, "Stopped.");
        assertEquals(await focused(page), "stop");

        await tabTo(page, "pad");
        const empty = await drawing(page);
        await keyboard.press("ArrowRight");
        assertEquals(await drawing(page), empty);
        await keyboard.press("Space");
        for (let i = 0; i < 5; i++) await keyboard.press("Shift+ArrowDown");
        await keyboard.press("Space");
        const drawn = await drawing(page);
        assertNotEquals(drawn, empty);
        await keyboard.press("ArrowLeft");
        assertEquals(await drawing(page), drawn);
        await keyboard.press("Delete");
        assertEquals(await drawing(page), empty);
      });
    });

    for (const colorScheme of ["light", "dark"] as const) {
      it(`has no fault that axe finds, and fits 360 pixels, in ${colorScheme}`, async () => {
        await withPage({ colorScheme, viewport: { width: 360, height: 740 } }, async ({ page }) => {
          await page.click("summary");
          for (const data of ["iris", "shapes", "files"]) {
            await page.check(`[value=${data}]`);
            if (data === "files") {
              await page.setInputFiles("#files", await fashionFiles("train", 40));
            }
            assertEquals(await faults(page), []);
            assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 360);
            if (data === "iris") await train(page);
            else await page.click("#start");
            await untilStatus(page, /^(Training|Done)/);
            await page.waitForSelector("#answer li");
            assertEquals(await faults(page), []);
            assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 360);
          }
        });
      });
    }
  },
);

/** The first line of an output. */
async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of output.values({ preventCancel: true })) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return text.slice(0, text.indexOf("\n"));
}

/** Fills in numbers of the settings. */
async function set(page: Page, numbers: Readonly<Record<string, number>>): Promise<void> {
  for (const [id, value] of Object.entries(numbers)) await page.fill(`#${id}`, `${value}`);
}

/** Starts training, and waits for its end. */
async function train(page: Page): Promise<void> {
  await page.click("#start");
  await untilStatus(page, "Done.");
}

/** Waits until the status begins with a text, or is like a pattern. */
async function untilStatus(page: Page, text: string | RegExp): Promise<void> {
  const pattern = typeof text === "string" ? new RegExp(`^${RegExp.escape(text)}`) : text;
  await page.locator("#status").filter({ hasText: pattern }).waitFor();
}

/** Waits until an element has a text. */
async function untilText(page: Page, selector: string, text: string): Promise<void> {
  try {
    await page.waitForFunction(
      ([selector, text]) =>
        document.querySelector(selector)!.textContent!.replace(/\s+/g, " ").trim() === text,
      [selector, text] as const,
    );
  } catch (cause) {
    throw new Error(`${selector} is: ${await page.textContent(selector)}`, { cause });
  }
}

/** Waits until an element has another text. */
async function untilOther(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector)!.textContent !== text,
    [selector, text] as const,
  );
}

/** The text of an element that has not changed for a third of a second, in which all reports come. */
async function settled(page: Page, selector: string): Promise<string> {
  for (let before = await page.textContent(selector);;) {
    await page.waitForTimeout(333);
    const text = await page.textContent(selector);
    if (text === before) return text!;
    before = text;
  }
}

/** Drops files on the page. */
async function drop(page: Page, files: readonly NamedFile[]): Promise<void> {
  const contents = files.map(({ name, buffer }) => ({ name, base64: buffer.toString("base64") }));
  const transfer = await page.evaluateHandle((contents) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of contents) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    return transfer;
  }, contents);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** The id of what has the focus, or its text where it has none. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() =>
    document.activeElement!.id || document.activeElement!.textContent!
  );
}

/** Presses Tab until an element has the focus, and sees that what has it on the way can be seen. */
async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    assert(await page.evaluate(() => document.activeElement!.checkVisibility()));
    if (await focused(page) === id) return;
  }
  throw new Error(`#${id} cannot be reached by Tab`);
}

/** What is on the pad. */
async function drawing(page: Page): Promise<string> {
  return await page.evaluate(() => document.querySelector("canvas")!.toDataURL());
}

async function middleOf(page: Page, selector: string): Promise<[number, number]> {
  await page.locator(selector).scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await page.locator(selector).boundingBox())!;
  return [x + width / 2, y + height / 2];
}

/** What axe finds, a line each. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
    );
  });
}

async function accuracy(page: Page): Promise<number> {
  return Number((await page.textContent("#accuracy-number"))!.replace(" %", "")) / 100;
}

/** The numbers of the last line that a program prints. */
async function lastLine(program: string): Promise<number[]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = command.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { success, stdout, stderr } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").at(-1)!.split(" ").map(Number);
}

/** The longest time between two frames. */
async function longestGapMs(page: Page, durationMs: number): Promise<number> {
  return await page.evaluate(async (durationMs) => {
    let longest = 0;
    const startMs = performance.now();
    for (let lastMs = startMs; lastMs < startMs + durationMs;) {
      await new Promise(requestAnimationFrame);
      const nowMs = performance.now();
      longest = Math.max(longest, nowMs - lastMs);
      lastMs = nowMs;
    }
    return longest;
  }, durationMs);
}
