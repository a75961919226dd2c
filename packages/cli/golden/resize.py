"""Images of other sizes by Pillow, for _commands/_resize_test.ts.

Writes resize.json beside it:
    /usr/bin/python3 packages/cli/golden/resize.py
"""

import base64
import json
import pathlib
import random

from PIL import Image

random.seed(0)
cases = []
for (width, height), (to_width, to_height) in [
    ((4, 4), (2, 2)),
    ((5, 3), (3, 5)),
    ((7, 9), (4, 4)),
    ((2, 2), (5, 7)),
    ((24, 16), (8, 6)),
    ((3, 3), (3, 1)),
    ((1, 1), (2, 3)),
]:
    for channels, mode in [(1, "L"), (3, "RGB")]:
        data = [random.randrange(256) for _ in range(width * height * channels)]
        image = Image.frombytes(mode, (width, height), bytes(data))
        resized = image.resize((to_width, to_height), Image.Resampling.BILINEAR)
        cases.append({
            "width": width,
            "height": height,
            "channels": channels,
            "data": base64.b64encode(bytes(data)).decode(),
            "to": {"width": to_width, "height": to_height},
            "resized": base64.b64encode(resized.tobytes()).decode(),
        })

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases) + "\n")
