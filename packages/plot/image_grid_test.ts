import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decode } from "fast-png";
import { type GridImage, imageGrid, type ImageGridOptions } from "./image_grid.ts";
import { numberOf, parseSvg } from "./_parse_svg.ts";

const gray: GridImage = {
  pixels: Uint8Array.of(0, 255, 9, 8, 7, 6),
  width: 3,
  height: 2,
  caption: "gray",
};
const red: GridImage = { pixels: Uint8Array.of(255, 0, 0), width: 1, height: 1, caption: "red" };

function grid(
  images: GridImage[],
  more: Partial<ImageGridOptions> = {},
): ReturnType<typeof parseSvg> {
  return parseSvg(imageGrid({ title: "Mistakes", images, ...more }));
}

describe("imageGrid()", () => {
  it("holds the pixels that it is given", () => {
    const shown = grid([gray, red]).all("image").map((image) => {
      const text = atob(image.getAttribute("href")!.replace("data:image/png;base64,", ""));
      return decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    });
    assertEquals(shown.map(({ data }) => data), [gray.pixels, red.pixels]);
    assertEquals(shown.map(({ channels }) => channels), [1, 3]);
    assertEquals([shown[0].width, shown[0].height], [3, 2]);
  });

  it("keeps pixels sharp, for browsers and for rasterisers", () => {
    const { all } = grid([gray], { theme: "light" });
    assertEquals(all("image")[0].getAttribute("image-rendering"), "optimizeSpeed");
    assertEquals(all("image")[0].getAttribute("class"), "gradus-pixels");
    assertEquals(
      all("style")[0].textContent,
      "@media all{.gradus-pixels{image-rendering:pixelated}}",
    );
  });

  it("scales pictures and sets them in rows that stand on one line", () => {
    const { all } = grid([gray, red, gray, red], { columns: 3, scale: 10 });
    const places = all("image").map((image) => ({
      x: numberOf(image, "x") + numberOf(image, "width") / 2,
      bottom: numberOf(image, "y") + numberOf(image, "height"),
    }));
    assertEquals(all("image").map((image) => numberOf(image, "width")), [30, 10, 30, 10]);
    assertEquals(places[0].x - places[3].x, 0);
    assertEquals(places[2].x - places[1].x, places[1].x - places[0].x);
    assertEquals([places[1].bottom, places[2].bottom], [places[0].bottom, places[0].bottom]);
    assert(places[3].bottom > places[0].bottom);
  });

  it("has room for title, pictures and captions", () => {
    const { root, all } = grid([gray, gray, gray], { columns: 2, scale: 100, note: "Note." });
    const [width, height] = [numberOf(root, "width"), numberOf(root, "height")];
    for (const image of all("image")) {
      assert(numberOf(image, "x") >= 0 && numberOf(image, "x") + 300 <= width);
    }
    for (const text of all("text")) assert(numberOf(text, "y") < height);
  });

  it("breaks captions where it is told and where it must", () => {
    const caption = "is a shirt\nseen as a coat and not as anything else";
    assertEquals(grid([{ ...gray, caption }]).texts(), [
      "Mistakes",
      "is a shirt",
      "seen as a",
      "coat and not",
      "as anything…",
    ]);
  });

  it("has the caption of a picture as its name", () => {
    const { all } = grid([{ ...red, caption: "<red>\n&" }]);
    assertEquals(all("title").map((title) => title.textContent), ["Mistakes", "<red>\n&"]);
    assertEquals(all("desc")[0].textContent, "Grid of 1 pictures. <red> &.");
  });

  it("draws no pictures", () => {
    assertEquals(grid([]).texts(), ["Mistakes", "no images"]);
  });

  it("takes bytes of a canvas", () => {
    const pixels = Uint8ClampedArray.from(gray.pixels);
    assertEquals(
      imageGrid({ title: "a", images: [{ ...gray, pixels }] }),
      imageGrid({ title: "a", images: [gray] }),
    );
  });

  it("gives the same text for the same pixels", () => {
    const make = () => imageGrid({ title: "a", images: [gray, red], columns: 2 });
    assertEquals(make(), make());
  });
});

describe("imageGrid() refuses", () => {
  const refused: [
    what: string,
    options: Partial<ImageGridOptions>,
    kind: typeof TypeError,
    message: string,
  ][] = [
    [
      "pixels that are missing",
      { images: [red, { ...gray, pixels: new Uint8Array(5) }] },
      TypeError,
      "Cannot draw image 1 as 3 by 2 pixels must be 6 bytes (gray) or 18 (RGB): found 5",
    ],
    [
      "a picture without a height",
      { images: [{ ...gray, height: 0 }] },
      RangeError,
      "Cannot draw image 0 as its height must be a whole number from 1 to 4096: found 0",
    ],
    [
      "a width that is not whole",
      { images: [{ ...gray, width: 1.5 }] },
      RangeError,
      "Cannot draw image 0 as its width must be a whole number from 1 to 4096: found 1.5",
    ],
    [
      "no columns",
      { columns: 0 },
      RangeError,
      "Cannot draw a grid of images as columns must be a whole number from 1 on: found 0",
    ],
    [
      "a scale of nothing",
      { scale: 0 },
      RangeError,
      "Cannot draw a grid of images as scale must be above 0 and at most 100: found 0",
    ],
    [
      "a scale that is no number",
      { scale: NaN },
      RangeError,
      "Cannot draw a grid of images as scale must be above 0 and at most 100: found NaN",
    ],
  ];
  for (const [what, options, kind, message] of refused) {
    it(what, () => {
      const error = assertThrows(() => imageGrid({ title: "a", images: [red], ...options }), kind);
      assertEquals(error.message, message);
    });
  }
});
