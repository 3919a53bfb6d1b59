"""Writes NAME.bin for every function of points.json: its values rounded correctly, first 10,000 of float32 and then 10,000
of float64, at points that math.test.ts finds by the same rule: python3 mathematics.py [NAME …] (needs mpmath).

The rule: 32-bit integers r from xorshift (13, 17, 5), seeded by 1 + the function's index, doubled + 1 for float64. Of ten points
in a row, four are bit patterns (all exponents, denormals and both signs alike), three lie in the first interval (float32) or in
the second (float64), one in the other, and two near the centres: c ± few units in the last place, c(1 ± 2^-k u).
The logarithms take |x| of bit patterns. Powers take bases and exponents whose power is mostly finite: see `pair`.
"""

import json
import struct
import sys
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.prec = 140
HERE = Path(__file__).parent
COUNT = 10_000
RULES = json.loads((HERE / "points.json").read_text())

BITS = {"float32": ("<I", "<f", 23, 127), "float64": ("<Q", "<d", 52, 1023)}


def random_integers(seed):
    x = (seed * 2654435761) & 0xFFFFFFFF
    while True:
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        yield x


def to_dtype(x, dtype):
    if dtype == "float64":
        return float(x)
    try:
        return struct.unpack("<f", struct.pack("<f", float(x)))[0]
    except OverflowError:
        return float("inf") if x > 0 else float("-inf")


def from_bits(bits, dtype):
    integer, number, _, _ = BITS[dtype]
    return struct.unpack(number, struct.pack(integer, bits))[0]


def to_bits(x, dtype):
    integer, number, _, _ = BITS[dtype]
    return struct.unpack(integer, struct.pack(number, x))[0]


def any_number(draw, dtype):
    """A bit pattern that is no infinity and no NaN."""
    _, _, mantissa, bias = BITS[dtype]
    head = next(draw)
    low = (next(draw) << 20 | next(draw) >> 12) & ((1 << mantissa) - 1)
    exponent = (head >> 1) % (2 * bias + 1)
    return from_bits((head & 1) << (mantissa + (8 if dtype == "float32" else 11)) | exponent << mantissa | low, dtype)


def within(draw, interval, dtype):
    low, high = interval
    u = next(draw) / 4294967296.0
    return to_dtype(low + (high - low) * u, dtype)


def near(draw, centers, dtype):
    c = to_dtype(float(centers[next(draw) % len(centers)]), dtype)
    kind = next(draw)
    u = next(draw) / 4294967296.0
    if kind & 1 and c != 0:
        steps = (kind >> 1) % 17 - 8
        return from_bits(to_bits(c, dtype) + steps, dtype)
    k = (kind >> 2) % (BITS[dtype][2] + 3)
    delta = u * 2.0**-k
    if kind & 2:
        delta = -delta
    return to_dtype(delta if c == 0 else c * (1.0 + delta), dtype)


def points(name, dtype):
    """Lists of arguments."""
    rule = RULES[name]
    index = list(RULES).index(name)
    draw = random_integers(2 * (1 + index) + (dtype == "float64"))
    often, seldom = (rule["range"], rule["wide"]) if dtype == "float32" else (rule["wide"], rule["range"])
    for k in range(COUNT):
        if name == "pow":
            yield pair(draw, k % 10, dtype)
            continue
        if k % 10 < 4:
            x = any_number(draw, dtype)
            if name in ("log", "log1p"):
                x = abs(x)
        elif k % 10 < 7:
            x = within(draw, often, dtype)
        elif k % 10 < 8:
            x = within(draw, seldom, dtype)
        else:
            x = near(draw, rule["centers"], dtype)
        yield [x]


def pair(draw, k, dtype):
    bias = BITS[dtype][3]
    if k < 5:
        # A base of any size; an exponent that brings the power somewhere between the least and the largest number.
        a = abs(any_number(draw, dtype))
        scale = abs(float(to_bits(a, dtype) >> BITS[dtype][2]) - bias) + 1.0
        b = within(draw, [-1.1 * bias, 1.1 * bias], dtype) / scale
        return [a, to_dtype(b, dtype)]
    if k < 7:
        a = near(draw, [1.0], dtype)
        if a == 0:
            a = 1.0
        return [abs(a), within(draw, [-2.0**30, 2.0**30], dtype)]
    if k < 9:
        a = within(draw, [-20.0, 20.0], dtype)
        return [a if a != 0 else 1.0, float(next(draw) % 61) - 30.0]
    a = abs(within(draw, [0.0, 100.0], dtype))
    return [a if a != 0 else 1.0, within(draw, [-10.0, 10.0], dtype)]


def log1p_exp(x):
    """log(1 + e^x)."""
    return mpmath.log1p(mpmath.exp(x)) if x < 0 else x + mpmath.log1p(mpmath.exp(-x))


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x)) if x > -2000 else mpf(0)


FUNCTIONS = {
    "exp": lambda x: mpmath.exp(max(min(x, mpf(10) ** 4), -mpf(10) ** 4)),
    "expm1": lambda x: mpmath.expm1(max(min(x, mpf(10) ** 4), -mpf(10) ** 4)),
    "sigmoid": sigmoid,
    "tanh": lambda x: mpmath.tanh(max(min(x, mpf(100)), -mpf(100))) if abs(x) > 1e-30 else x,
    "sinh": lambda x: mpmath.sinh(max(min(x, mpf(10) ** 4), -mpf(10) ** 4)) if abs(x) > 1e-30 else x,
    "cosh": lambda x: mpmath.cosh(max(min(x, mpf(10) ** 4), -mpf(10) ** 4)),
    "log": mpmath.log,
    "log1p": lambda x: mpmath.log1p(x) if abs(x) > 1e-30 else x,
    "softplus": lambda x: x if x > 2000 else mpf(0) if x < -2000 else log1p_exp(x),
    "logSigmoid": lambda x: x if x < -2000 else mpf(0) if x > 2000 else -log1p_exp(-x),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "erf": lambda x: mpmath.erf(x) if abs(x) < 20 else mpmath.sign(x),
}


def power(a, b):
    if a == 0:
        return mpf(0) if b > 0 else mpf(1) if b == 0 else mpf("inf")
    if a < 0:
        return (-1) ** int(b) * power(-a, b)
    log = mpmath.log(a) * b
    return mpmath.exp(log) if abs(log) < 2000 else (mpf("inf") if log > 0 else mpf(0))


def value(name, args, dtype):
    args = [mpf(x) for x in args]
    if name in ("asin", "acos") and abs(args[0]) > 1 or name == "log1p" and args[0] < -1:
        return float("nan")
    if name == "log" and args[0] == 0 or name == "log1p" and args[0] == -1:
        return float("-inf")
    return to_dtype(power(*args) if name == "pow" else FUNCTIONS[name](*args), dtype)


if __name__ == "__main__":
    for name in sys.argv[1:] or RULES:
        data = b""
        for dtype in BITS:
            values = [value(name, args, dtype) for args in points(name, dtype)]
            data += struct.pack(f"<{COUNT}{BITS[dtype][1][1]}", *values)
        (HERE / f"{name}.bin").write_bytes(data)
