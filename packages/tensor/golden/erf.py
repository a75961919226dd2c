"""The error function to 40 digits by mpmath, rounded to float64, for ../_reference/functions_test.ts.

Writes erf.json beside it:
    /usr/bin/python3 packages/tensor/golden/erf.py && deno fmt packages/tensor/golden
"""

import json
import pathlib

import mpmath

mpmath.mp.dps = 40
places = [i / 16 for i in range(-112, 113)] + [10.0 ** -k for k in range(1, 20)] + [1.9999999, 2.0000001]

path = pathlib.Path(__file__)
path.with_suffix(".json").write_text(json.dumps({
    "mpmath": mpmath.__version__,
    "x": " ".join(map(repr, places)),
    "y": " ".join(repr(float(mpmath.erf(x))) for x in places),
}))
