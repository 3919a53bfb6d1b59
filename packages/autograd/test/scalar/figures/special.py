"""Writes special.json, figures of the special functions to 32 digits: python3 special.py (needs mpmath).

Each row is [x, hi, lo]: a double x, f(x) rounded to a double, and what that rounding dropped, as a double.
"""

import json
import random
from pathlib import Path

from mpmath import erf, exp, log1p, mp, mpf

mp.dps = 400  # softplus(-700) is 1e-304


def sigmoid(x):
    return 1 / (1 + exp(-x))


def softplus(x):
    return log1p(exp(x))


def log_sigmoid(x):
    return -log1p(exp(-x))


random.seed(1)
MAGNITUDES = [5e-324, 1e-310, 2.2250738585072014e-308, 1e-200, 1e-20, 1e-9, 0.5, 1.0]


def symmetric(points):
    return sorted({sign * x for x in points for sign in (1.0, -1.0)} | {0.0})


def spread(limit, count):
    """Points up to `limit`: half uniform, half uniform in the logarithm from 1e-6."""
    uniform = [random.uniform(0, limit) for _ in range(count // 2)]
    logarithmic = [1e-6 * (limit / 1e-6) ** random.random() for _ in range(count // 2)]
    return uniform + logarithmic


def rows(f, points):
    table = []
    for x in points:
        y = f(mpf(x))
        hi = float(y)
        table.append([x, hi, float(y - mpf(hi))])
    return table


ERF_EDGES = [1.0000000000000002, 0.9999999999999999, 5.8, 5.863584748755167, 5.9, 6.0, 6.5, 27.3]
TAILS = [17.0, 33.3, 36.7, 36.8, 37.5, 709.7, 710.0, 740.0, 745.0]

figures = {
    "erf": rows(erf, symmetric(MAGNITUDES + ERF_EDGES + spread(1, 80) + spread(6, 80))),
    "sigmoid": rows(sigmoid, symmetric(MAGNITUDES + TAILS + spread(40, 80) + spread(740, 40))),
    "softplus": rows(softplus, symmetric(MAGNITUDES + TAILS + spread(40, 80) + spread(740, 40))),
    "logSigmoid": rows(log_sigmoid, symmetric(MAGNITUDES + TAILS + spread(40, 80) + spread(740, 40))),
}

lines = [
    f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(row)}" for row in table) + "\n  ]"
    for name, table in figures.items()
]
Path(__file__).with_name("special.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
