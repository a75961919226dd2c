"""PNG and JPEG files by Pillow with their pixels, for _commands/_decode_image_test.ts.

Writes images.json beside it:
    /usr/bin/python3 packages/cli/golden/images.py
"""

import base64
import io
import json
import pathlib

from PIL import Image

WIDTH, HEIGHT = 13, 9


def gradient(channels):
    """Smooth, so that JPEG keeps it."""
    return bytes(
        (x * 19 + y * 7 * (c + 1)) % 256 if channels == 1 else 20 + x * 12 + y * 4 * c
        for y in range(HEIGHT)
        for x in range(WIDTH)
        for c in range(channels)
    )


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return base64.b64encode(buffer.getvalue()).decode()


grey = Image.frombytes("L", (WIDTH, HEIGHT), gradient(1))
colour = Image.frombytes("RGB", (WIDTH, HEIGHT), gradient(3))
opaque = colour.copy()
opaque.putalpha(255)
transparent = colour.copy()
transparent.putalpha(Image.frombytes("L", (WIDTH, HEIGHT), bytes([255] * 60 + [254] * 57)))
deep = Image.frombytes("I;16", (WIDTH, HEIGHT), bytes(b for v in gradient(1) for b in (v, v)))
palettes = {bits: colour.quantize(2**bits) for bits in (1, 2, 4, 8)}

cases = []


def case(name, image, pixels, format="PNG", **options):
    cases.append({
        "name": name,
        "file": encoded(image, format, **options),
        "channels": None if pixels is None else len(pixels.getbands()),
        "pixels": None if pixels is None else base64.b64encode(pixels.tobytes()).decode(),
    })


case("grey", grey, grey)
case("colours", colour, colour)
case("colours with opacity", opaque, colour)
case("grey with opacity", Image.merge("LA", [grey, Image.new("L", grey.size, 255)]), grey)
case("transparent pixels", transparent, None)
case("16 bits", deep, grey)
case("black and white", grey.convert("1"), grey.convert("1").convert("L"))
for bits, palette in palettes.items():
    case(f"a palette of {bits} bits", palette, palette.convert("RGB"), bits=bits)
case("jpeg of grey", grey, grey.convert("RGB"), "JPEG", quality=100)
case("jpeg of colours", colour, colour, "JPEG", quality=95, subsampling=0)
case("jpeg of halved colours", colour, colour, "JPEG", quality=95, subsampling=2)
case("progressive jpeg", colour, colour, "JPEG", quality=95, subsampling=0, progressive=True)

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"width": WIDTH, "height": HEIGHT, "cases": cases}) + "\n")
