"""Fits the polynomials of src/kernels/wasm/math and prints coefficients.ts: python3 coefficients.py > ….ts (needs mpmath).

Each is the interpolant at Chebyshev nodes, computed with 60 digits (near-minimax), of the least degree whose error,
weighted by what it contributes to the function, stays below 2^-28 (float32) or 2^-57 (float64). Coefficients are then
rounded to the dtype. Lowest first.
"""

from struct import pack, unpack

from mpmath import (
    asin, atan, cos, cosh, erf, erfc, exp, linspace, log, log1p, lu_solve, matrix, mp, mpf, pi, polyval, sin, sinh, sqrt,
)

mp.dps = 60
half = mpf(1) / 2


def interpolate(f, lo, hi, degree):
    """Monomial coefficients, lowest first, of the Chebyshev interpolant of f on [lo, hi]."""
    nodes = [(lo + hi) / 2 + (hi - lo) / 2 * cos(pi * (2 * k + 1) / (2 * degree + 2)) for k in range(degree + 1)]
    rows = matrix([[x**j for j in range(degree + 1)] for x in nodes])
    return list(lu_solve(rows, matrix([f(x) for x in nodes])))


def fit(f, lo, hi, weight, tolerance):
    """The first interpolant whose weighted error is small enough, sampled between its nodes."""
    points = linspace(lo, hi, 202)[1:]
    values = [f(x) for x in points]
    for degree in range(1, 30):
        c = interpolate(f, lo, hi, degree)
        worst = max(abs(polyval(c[::-1], x) - y) * weight(x) for x, y in zip(points, values))
        if worst < tolerance:
            return c, worst
    raise ValueError("no degree is enough")


def single(x):
    """Rounded to float32, written as the shortest double that says so."""
    value = unpack("<f", pack("<f", float(x)))[0]
    for digits in range(6, 18):
        text = f"{value:.{digits}g}"
        if unpack("<f", pack("<f", float(text)))[0] == value:
            return text
    return repr(value)


def double(x):
    return repr(float(x))


LN2 = log(mpf(2))
ROOT = sqrt(mpf(2))
S = (ROOT - 1) / (ROOT + 1)  # s = f / (2 + f) at 1 + f = sqrt 2
T = ROOT - 1  # tan(pi / 8)
T_MID, T_HALF = mpf(11) / 24, mpf(5) / 24


def log_rest(z):
    """L of log(1 + f) = 2s + s z L(z), s = f / (2 + f), z = s^2."""
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / (s * z)


def x_of(v):
    return 2 / (T_MID + T_HALF * v) - 2


FITS = [
    ("EXP", "P of exp(r) = 1 + r + r² P(r), |r| ≤ ln 2 / 2",
     lambda r: (exp(r) - 1 - r) / r**2, -LN2 / 2 * 1.001, LN2 / 2 * 1.001, lambda r: abs(r) / 2),
    ("LOG", "L of log(1 + f) = 2s + s z L(z), s = f / (2 + f), z = s², for 1 + f between √½ and √2",
     log_rest, mpf(0), S**2 * 1.001, lambda z: z / 2),
    ("POW", "T of log(1 + f) = 2s(1 + z (1/3 + z T(z)))",
     lambda z: ((log((1 + sqrt(z)) / (1 - sqrt(z))) / (2 * sqrt(z)) - 1) / z - mpf(1) / 3) / z,
     mpf(0), S**2 * 1.001, lambda z: z**2 * 2**6),
    ("LOG1P", "the same for f between 0 and 1",
     log_rest, mpf(0), mpf(1) / 9, lambda z: z / 2),
    ("SIN", "S of sin r = r + r z S(z), z = r², |r| ≤ π/4",
     lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf(0), (pi / 4) ** 2 * 1.001, lambda z: z),
    ("COS", "C of cos r = 1 − z/2 + z² C(z)",
     lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(0), (pi / 4) ** 2 * 1.001, lambda z: z**2),
    ("ASIN", "A of asin x = x + x z A(z), z = x², |x| ≤ ½",
     lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, mpf(0), mpf(1) / 4, lambda z: z),
    ("ATAN", "A of atan x = x + x z A(z), z = x², |x| ≤ tan(π/8)",
     lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, mpf(0), T**2 * 1.001, lambda z: z),
    ("SINH", "S of sinh x = x + x z S(z), z = x², |x| ≤ 1",
     lambda z: (sinh(sqrt(z)) / sqrt(z) - 1) / z, mpf(0), mpf(1), lambda z: z),
    ("ERF_SMALL", "R of erf x = x + x R(x²), |x| ≤ 1",
     lambda z: erf(sqrt(z)) / sqrt(z) - 1, mpf(0), mpf(1), lambda z: mpf(1)),
    ("ERF_LARGE", "Q of erf x = 1 − exp(−x²) Q(v), v = (2 / (2 + x) − 11/24) / (5/24), 1 ≤ x ≤ 6",
     lambda v: exp(x_of(v) ** 2) * erfc(x_of(v)), mpf(-1), mpf(1), lambda v: exp(-x_of(v) ** 2)),
]

if __name__ == "__main__":
    print("// The polynomials of the mathematics, lowest coefficient first; fitted and printed by")
    print("// test/kernels/wasm/figures/coefficients.py.")
    print()
    print("/** One polynomial in two precisions. */")
    print("export interface Polynomial {")
    print("  readonly float32: readonly number[];")
    print("  readonly float64: readonly number[];")
    print("}")
    for name, about, f, lo, hi, weight in FITS:
        rows = []
        errors = []
        for dtype, tolerance, write in (("float32", 28, single), ("float64", 57, double)):
            c, worst = fit(f, lo, hi, weight, mpf(2) ** -tolerance)
            rows.append(f"  {dtype}: [{', '.join(write(k) for k in c)}],")
            errors.append(mp.nstr(worst, 2))
        print()
        print(f"/** {about}; errors {errors[0]} and {errors[1]}. */")
        print(f"export const {name}: Polynomial = {{")
        print("\n".join(rows))
        print("};")
