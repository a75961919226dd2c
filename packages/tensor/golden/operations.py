"""Shapes, ranges and special values by NumPy and Python, for the tests in ../ops.

Writes operations.json beside it:
    /usr/bin/python3 packages/tensor/golden/operations.py && deno fmt packages/tensor/golden
"""

import json
import pathlib
import warnings

import numpy as np

warnings.simplefilter("ignore")
random = np.random.RandomState(0)
INF, NAN = np.inf, np.nan


def text(x):
    """A number as JavaScript's Number reads it, NaN, Infinity and -0 included."""
    return f"{x:.17g}".replace("inf", "Infinity").replace("nan", "NaN")


def plain(array):
    return " ".join(text(x) for x in np.asarray(array, dtype=float).ravel())


def numbers(array):
    return {"shape": list(np.shape(array)), "values": plain(array)}


def draw(*shape):
    return random.randint(-9, 10, shape).astype(float)


def broadcasts():
    shapes = [[], [1], [3], [4], [2, 1], [1, 3], [2, 3], [4, 1, 3], [2, 2, 3], [5, 1, 2, 1]]
    for a in shapes:
        for b in shapes:
            x, y = draw(*a), draw(*b)
            try:
                yield {"a": numbers(x), "b": numbers(y), "difference": numbers(x - y)}
            except ValueError:
                yield {"a": numbers(x), "b": numbers(y), "difference": None}


def reductions():
    folds = {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min, "product": np.prod}
    x = np.arange(24.0).reshape(2, 3, 4) % 7 - 3.5
    for op, fold in folds.items():
        for axes in [None, [], [0], [1], [-1], [0, 2], [2, 0], [-3, -2], [0, 1, 2]]:
            for keep in [False, True]:
                axis = None if axes is None else tuple(axes)
                yield {"op": op, "axes": axes, "keepAxes": keep,
                       "y": numbers(fold(x, axis=axis, keepdims=keep))}


def places():
    for x in [draw(2, 3, 4), np.array([[1, NAN, 3], [NAN, NAN, INF], [2, 2, 2]]), draw(5)]:
        for axis in range(-x.ndim, x.ndim):
            yield {"x": numbers(x), "axis": axis, "argmax": numbers(np.argmax(x, axis)),
                   "argmin": numbers(np.argmin(x, axis))}


def specials():
    special = [NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 3.0, -3.0]
    x = np.array(special)
    unary = {"negate": np.negative, "absolute": np.abs, "sign": np.sign, "reciprocal": np.reciprocal,
             "square": np.square, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sin": np.sin,
             "cos": np.cos, "floor": np.floor, "ceil": np.ceil, "round": np.round, "tanh": np.tanh,
             "arctan": np.arctan}
    binary = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
              "power": np.power, "maximum": np.maximum, "minimum": np.minimum, "equal": np.equal,
              "notEqual": np.not_equal, "less": np.less, "lessEqual": np.less_equal,
              "greater": np.greater, "greaterEqual": np.greater_equal}
    a, b = np.meshgrid(x, x, indexing="ij")
    return {"x": plain(x), "unary": {op: plain(f(x)) for op, f in unary.items()},
            "binary": {op: plain(f(a, b)) for op, f in binary.items()},
            "clip": plain(np.clip(x, -0.5, 2)), "where": plain(np.where(x, 1, 0)),
            "folds": {"max": plain(np.max(x[2:])), "maxNan": plain(np.max(x)),
                      "min": plain(np.min(x[1:])), "sum": plain(np.sum(x[1:])),
                      "product": plain(np.prod(x[1:]))}}


BOUNDS = [None, -5, -3, -1, 0, 1, 2, 5]
STEPS = [None, 2, -1, -2]
LENGTHS = [1, 3, 4]


def slices():
    """The places of each slice as digits, in the order of the loops; "-" where it is empty."""
    return {"lengths": LENGTHS, "bounds": BOUNDS, "steps": STEPS,
            "places": " ".join("".join(map(str, range(n)[start:end:step])) or "-" for n in LENGTHS
                               for start in BOUNDS for end in BOUNDS for step in STEPS)}


def movements():
    x = np.arange(24.0).reshape(2, 3, 4)
    at = [2, 0, 2, 1]
    return {
        "x": numbers(x),
        "transposes": [{"axes": axes, "y": numbers(np.transpose(x, axes))}
                       for axes in [None, [0, 1, 2], [2, 0, 1], [-1, 0, 1], [1, -1, -3]]],
        "indices": at,
        "gathers": [{"axis": axis, "y": numbers(np.take(x, at, axis))} for axis in [1, 2, -1, -2]],
        "concatenations": [{"axis": axis, "y": numbers(np.concatenate([x, -x, x], axis))}
                           for axis in [0, 1, 2, -1]],
    }


path = pathlib.Path(__file__)
path.with_suffix(".json").write_text(json.dumps({
    "numpy": np.__version__,
    "broadcasts": list(broadcasts()),
    "reductions": list(reductions()),
    "places": list(places()),
    "specials": specials(),
    "slices": slices(),
    "movements": movements(),
}, allow_nan=False))
