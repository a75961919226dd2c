import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ProgressLine, type ProgressOptions } from "./progress_line.ts";

/** A line, and what it has written. */
function recorded(options: Partial<ProgressOptions> = {}): {
  progress: ProgressLine;
  written: string[];
} {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  return { progress: new ProgressLine({ write, isTerminal: true, ...options }), written };
}

const CLEAR = "\r\x1b[K";

describe("ProgressLine", () => {
  it("writes a bar, the share and the text over the line before", () => {
    const { progress, written } = recorded({ intervalMs: 0 });
    progress.show(0, "epoch 0");
    progress.show(0.256, "epoch 5");
    progress.show(1, "epoch 20");
    assertEquals(written, [
      `\r${"─".repeat(20)}   0 %  epoch 0\x1b[K`,
      `\r${"━".repeat(5)}${"─".repeat(15)}  25 %  epoch 5\x1b[K`,
      `\r${"━".repeat(20)} 100 %  epoch 20\x1b[K`,
    ]);
  });

  it("writes nothing where there is no terminal", () => {
    const { progress, written } = recorded({ isTerminal: false, intervalMs: 0 });
    progress.show(0.5, "half");
    progress.show(1, "all");
    progress.clear();
    assertEquals(written, []);
  });

  it("leaves out what comes too soon, but not the end", () => {
    const { progress, written } = recorded({ intervalMs: 60_000 });
    for (const share of [0.1, 0.2, 0.3]) progress.show(share, "soon");
    assertEquals(written.length, 1);
    progress.show(1, "done");
    assertEquals(written.length, 2);
    assertEquals(written[1]!.includes("done"), true);
  });

  it("writes again after the interval", async () => {
    const { progress, written } = recorded({ intervalMs: 5 });
    progress.show(0.1, "first");
    await new Promise((resolve) => setTimeout(resolve, 10));
    progress.show(0.2, "second");
    assertEquals(written.length, 2);
  });

  it("makes the bar shorter where the text would not fit behind it", () => {
    const { progress, written } = recorded({ intervalMs: 0, width: 60 });
    progress.show(0.5, "x".repeat(31));
    progress.show(0.5, "x".repeat(32));
    assertEquals(written, [
      `\r${"━".repeat(10)}${"─".repeat(10)}  50 %  ${"x".repeat(31)}\x1b[K`,
      `\r${"━".repeat(5)}${"─".repeat(5)}  50 %  ${"x".repeat(32)}\x1b[K`,
    ]);
  });

  it("cuts the line one short of the width, so that it does not break", () => {
    for (const [options, length] of [[{}, 79], [{ width: 40 }, 39], [{ width: 10 }, 9]] as const) {
      const { progress, written } = recorded(options);
      progress.show(0.5, "x".repeat(200));
      assertEquals(written[0]!.length, "\r".length + length + "\x1b[K".length);
    }
  });

  it("stays within 0 and 100 %", () => {
    const { progress, written } = recorded({ intervalMs: 0 });
    progress.show(-1, "");
    progress.show(2, "");
    assertEquals(written, [
      `\r${"─".repeat(20)}   0 %  \x1b[K`,
      `\r${"━".repeat(20)} 100 %  \x1b[K`,
    ]);
  });

  it("clears the line once, and only if there is one", () => {
    const { progress, written } = recorded();
    progress.clear();
    assertEquals(written, []);
    progress.show(0.5, "half");
    progress.clear();
    progress.clear();
    assertEquals(written.slice(1), [CLEAR]);
    progress.show(1, "all");
    progress.clear();
    assertEquals(written.at(-1), CLEAR);
  });
});
