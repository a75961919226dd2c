import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decode } from "fast-png";
import { confusionMatrix } from "./confusion_matrix.ts";
import { heatMap } from "./heat_map.ts";
import { imageGrid } from "./image_grid.ts";
import { lineChart } from "./line_chart.ts";
import { svgToPng } from "./png.ts";
import type { Theme } from "./theme.ts";

/** A picture and the colour at a place of it. */
async function drawn(
  svg: string,
  options?: Parameters<typeof svgToPng>[1],
): Promise<{ width: number; height: number; at(x: number, y: number): number[]; colours: number }> {
  const { data, width, height, channels } = decode(await svgToPng(svg, options), {
    checkCrc: true,
  });
  assertEquals(channels, 4);
  const at = (
    x: number,
    y: number,
  ) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
  const words = new Uint32Array(Uint8Array.from(data).buffer);
  return { width, height, at, colours: new Set(words).size };
}

function square(content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">${content}</svg>`;
}

const charts: Record<string, (theme: Theme) => string> = {
  lineChart: (theme) =>
    lineChart({
      title: "Loss",
      x: { label: "epoch" },
      y: { label: "loss" },
      series: [{ name: "a", y: [3, 1, 2] }],
      theme,
    }),
  heatMap: (theme) =>
    heatMap({
      title: "Error",
      x: { label: "x", values: [1, 2] },
      y: { label: "y", values: [1] },
      cells: [[1, 2]],
      theme,
    }),
  confusionMatrix: (theme) =>
    confusionMatrix({ title: "Matrix", labels: ["a", "b"], counts: [[1, 2], [3, 4]], theme }),
  imageGrid: (theme) =>
    imageGrid({
      title: "Images",
      images: [{ pixels: Uint8Array.of(1, 2), width: 2, height: 1, caption: "c" }],
      theme,
    }),
};

describe("svgToPng()", () => {
  it("starts again after a start that failed", async () => {
    const wasm = Uint8Array.of(0, 1, 2);
    await assertRejects(() => svgToPng(square(""), { wasm }), WebAssembly.CompileError);
    const address = import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm");
    const module = await WebAssembly.compile(await Deno.readFile(new URL(address)));
    assert((await svgToPng(square(""), { wasm: module })).length > 0);
  });

  it("begins with a PNG's signature", async () => {
    const png = await svgToPng(square(""));
    assertEquals([...png.subarray(0, 8)], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
  });

  it("draws pixels at any scale", async () => {
    const rect = square('<rect width="10" height="20" fill="#ff8000"/>');
    for (const [scale, size] of [[1, 20], [2, 40], [0.5, 10], [1.33, 27]]) {
      const { width, height, at } = await drawn(rect, { scale });
      assertEquals([width, height], [size, size]);
      assertEquals(at(0, 0), [255, 128, 0, 255]);
      assertEquals(at(size - 1, size - 1), [0, 0, 0, 0]);
    }
  });

  it("draws letters of many alphabets, regular and bold", async () => {
    const text = (attributes: string, letters: string) =>
      drawn(square(`<text x="1" y="16" font-size="16" ${attributes}>${letters}</text>`));
    const missing = await text("", "\uE000");
    for (const letter of ["g", "é", "λ", "Ж", "−", "×", "…"]) {
      const { at, colours } = await text("", letter);
      assert(colours > 2, letter);
      const differs = Array.from({ length: 400 }, (_, place) => {
        const [x, y] = [place % 20, Math.floor(place / 20)];
        return at(x, y)[3] !== missing.at(x, y)[3];
      });
      assert(differs.includes(true), `${letter} is missing`);
    }
    const ink = ({ at }: Awaited<ReturnType<typeof drawn>>) =>
      Array.from({ length: 400 }, (_, place) => at(place % 20, Math.floor(place / 20))[3])
        .reduce((sum, opacity) => sum + opacity, 0);
    assert(ink(await text('font-weight="600"', "m")) > 1.2 * ink(await text("", "m")));
  });

  for (const [name, make] of Object.entries(charts)) {
    it(`draws ${name}() on the background of its theme`, async () => {
      const backgrounds: [theme: Theme, colour: number[]][] = [
        ["light", [255, 255, 255, 255]],
        ["dark", [0x15, 0x18, 0x1D, 255]],
        ["auto", [255, 255, 255, 255]],
      ];
      for (const [theme, colour] of backgrounds) {
        const { width, height, at, colours } = await drawn(make(theme));
        assertEquals(at(0, 0), colour);
        assertEquals(at(width - 1, height - 1), colour);
        assert(colours > 20, `${colours} colours`);
      }
    });
  }

  it("draws the pixels of images as sharp squares", async () => {
    const pixels = Uint8Array.of(255, 0, 0, 0, 0, 255);
    const images = [{ pixels, width: 2, height: 1, caption: "" }];
    const { width, height, at } = await drawn(imageGrid({ title: "", images, scale: 40 }));
    const found = new Set<string>();
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [red, , blue] = at(x, y);
        if (red + blue === 255) found.add(`${red} ${blue}`);
      }
    }
    assertEquals([...found], ["255 0", "0 255"]);
  });

  it("gives the same bytes for the same text, also at once", async () => {
    const svg = charts.lineChart("light");
    const [one, other] = await Promise.all([svgToPng(svg), svgToPng(svg)]);
    assertEquals(one, other);
  });

  it("draws with the fonts that it is given", async () => {
    const text = square('<text x="1" y="16" font-size="16">g</text>');
    const { colours } = await drawn(text, { fonts: [] });
    assertEquals(colours, 1, "no font, no letters");
  });

  it("loads nothing with the package's entry", async () => {
    const entry = import.meta.resolve("./mod.ts");
    const args = ["info", "--json", "--no-lock", "--config", "../../deno.json", entry];
    const cwd = new URL(".", import.meta.url);
    const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd }).output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout));
    const outside = modules.map((module: { specifier: string }) => module.specifier)
      .filter((specifier: string) => !specifier.includes("/packages/plot/"));
    assertEquals(outside, []);
    assert(modules.length > 5);
  });

  it("asks Deno for the permission to read, and for no other", async () => {
    const program = `
      import { svgToPng } from ${JSON.stringify(import.meta.resolve("./png.ts"))};
      const png = await svgToPng('${square("")}');
      console.log(png.length > 0);
    `;
    const run = async (...permissions: string[]) => {
      const file = await Deno.makeTempFile({ suffix: ".ts" });
      try {
        await Deno.writeTextFile(file, program);
        const config = new URL("../../deno.json", import.meta.url).pathname;
        const args = ["run", "--no-prompt", "--no-check", "--no-lock", "--config", config];
        const command = new Deno.Command(Deno.execPath(), {
          args: [...args, ...permissions, file],
        });
        const { success, stdout } = await command.output();
        return success && new TextDecoder().decode(stdout) === "true\n";
      } finally {
        await Deno.remove(file);
      }
    };
    assertEquals([await run("--allow-read"), await run()], [true, false]);
  });
});

describe("svgToPng() refuses", () => {
  const refused: [
    what: string,
    svg: string,
    scale: number,
    kind: typeof TypeError,
    message: string,
  ][] = [
    [
      "a scale of 0",
      square(""),
      0,
      RangeError,
      "Cannot draw an SVG as PNG as scale must be positive and finite: found 0",
    ],
    [
      "an infinite scale",
      square(""),
      Infinity,
      RangeError,
      "Cannot draw an SVG as PNG as scale must be positive and finite: found Infinity",
    ],
    [
      "a scale that is no number",
      square(""),
      NaN,
      RangeError,
      "Cannot draw an SVG as PNG as scale must be positive and finite: found NaN",
    ],
    [
      "a picture that is too large",
      square(""),
      1000,
      RangeError,
      "Cannot draw an SVG as PNG as it must have 1 to 2^26 pixels: found 20000 by 20000",
    ],
    [
      "a picture without a pixel",
      square(""),
      0.001,
      RangeError,
      "Cannot draw an SVG as PNG as it must have 1 to 2^26 pixels: found 0 by 0",
    ],
    [
      "what is no XML",
      "Loss",
      1,
      SyntaxError,
      "Cannot read an SVG as it must be XML with an svg root: SVG data parsing failed cause " +
      "unknown token at 1:1",
    ],
    [
      "what is no SVG",
      "<html/>",
      1,
      SyntaxError,
      "Cannot read an SVG as it must be XML with an svg root: SVG data parsing failed cause " +
      "the document does not have a root node",
    ],
  ];
  for (const [what, svg, scale, kind, message] of refused) {
    it(what, async () => {
      const error = await assertRejects(() => svgToPng(svg, { scale }), kind);
      assertEquals(error.message, message);
    });
  }
});
