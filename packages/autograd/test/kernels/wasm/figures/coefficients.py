"""Fits the polynomials of src/kernels/wasm/math and prints coefficients.ts: python3 coefficients.py > ….ts (needs mpmath).

Most are interpolants at Chebyshev nodes, computed with 60 digits (near-minimax), of the least degree whose error, weighted
by what it contributes to the function, stays below 2^-28 (float32) or 2^-57 (float64). What most time is spent in, exp and
the quotients, has the least greatest error that its degree allows. Coefficients are then rounded to the dtype; those of
float64 have as few digits as change the function by less than 2^-61 each. Lowest first.
"""

from struct import pack, unpack

from mpmath import (
    asin, atan, cos, erf, exp, linspace, log, lu_solve, matrix, mp, mpf, pi, polyval, sin, sinh, sqrt, tanh,
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


def minimax(f, xs, weight, m, n, rounds=80):
    """P and Q, of degrees m and n and Q(0) = 1, of the least greatest weighted error of P / Q at xs, and that error.

    Least squares of P - f Q, divided by the Q of the last round and weighted anew by how large the errors were (C. L. Lawson).
    """
    ys = [f(x) for x in xs]
    weights, qs = [mpf(1)] * len(xs), [mpf(1)] * len(xs)
    best = None
    for _ in range(rounds):
        square, right = matrix(m + n + 1, m + n + 1), matrix(m + n + 1, 1)
        for x, y, w, q in zip(xs, ys, weights, qs):
            powers = [x**j for j in range(max(m, n) + 1)]
            row = powers[: m + 1] + [-y * power for power in powers[1 : n + 1]]
            scale = w * (weight(x) / q) ** 2
            for i in range(m + n + 1):
                right[i] += scale * row[i] * y
                for j in range(m + n + 1):
                    square[i, j] += scale * row[i] * row[j]
        solution = list(lu_solve(square, right))
        p, q = solution[: m + 1], [mpf(1)] + solution[m + 1 :]
        qs = [polyval(q[::-1], x) for x in xs]
        errors = [abs(polyval(p[::-1], x) / q - y) * weight(x) for x, y, q in zip(xs, ys, qs)]
        worst = max(errors)
        if best is None or worst < best[2]:
            best = p, q, worst
        weights = [w * e / worst for w, e in zip(weights, errors)]
        total = sum(weights)
        weights = [w / total for w in weights]
    return best


def chebyshev(lo, hi, count):
    return [(lo + hi) / 2 - (hi - lo) / 2 * cos(pi * (2 * k + 1) / (2 * count)) for k in range(count)]


def odd_quotient(f, most, degree, slope, scale):
    """P and Q of f(x) = slope x + x P(x^2) / Q(x^2) up to `most`, Q(0) = scale, and the relative error."""
    points = [x**2 for x in chebyshev(mpf(0), most, 24 * degree)]
    ratio = {z: f(sqrt(z)) / sqrt(z) for z in points}
    p, q, worst = minimax(ratio.get, points, lambda z: 1 / ratio[z], degree, degree)
    return [scale * (a - slope * b) for a, b in zip(p, q)], [scale * b for b in q], worst


def single(x):
    """Rounded to float32, written as the shortest double that says so."""
    value = unpack("<f", pack("<f", float(x)))[0]
    for digits in range(6, 18):
        text = f"{value:.{digits}g}"
        if unpack("<f", pack("<f", float(text)))[0] == value:
            return text
    return repr(value)


def double(x, slack):
    """The shortest float64 within `slack` of x, or the nearest one."""
    for digits in range(1, 17):
        text = f"{float(x):.{digits}g}"
        if abs(mpf(text) - x) <= slack:
            return repr(float(text))
    return repr(float(x))


def singles(c, _):
    return f"[{', '.join(single(k) for k in c)}]"


SLACK = mpf(2) ** -61


def doubles(c, share):
    """Written so that `share(k)` times the change of coefficient k is at most SLACK."""
    return f"[{', '.join(double(x, SLACK / share(k)) for k, x in enumerate(c))}]"


LN2 = log(mpf(2))
ROOT = sqrt(mpf(2))
S = (ROOT - 1) / (ROOT + 1)  # s = f / (2 + f) at 1 + f = sqrt 2
T = ROOT - 1  # tan(pi / 8)


def log_rest(z):
    """L of log(1 + f) = 2s + s z L(z), s = f / (2 + f), z = s^2."""
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / (s * z)


FITS = [
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
]

def print_exp():
    points = chebyshev(-LN2 / 2 * 1.001, LN2 / 2 * 1.001, 120)
    weight = lambda r: r**2 / exp(r)
    fits = [minimax(lambda r: (exp(r) - 1 - r) / r**2, points, weight, m, 0) for m in (4, 9)]
    share = lambda k: weight(points[0]) * abs(points[0]) ** k
    errors = " and ".join(mp.nstr(worst, 2) for _, _, worst in fits)
    print()
    print(f"/** P of exp(r) = 1 + r + r² P(r), |r| ≤ ln 2 / 2; errors {errors}. */")
    print("export const EXP: Polynomial = {")
    for (c, _, _), dtype, write in zip(fits, ("float32", "float64"), (singles, doubles)):
        print(f"  {dtype}: {write(c, share)},")
    print("};")


def quotient_of(f, most, degree, slope, scale, write):
    """The error, and the quotient written out."""
    p, q, worst = odd_quotient(f, mpf(most), degree, mpf(slope), mpf(scale))
    points = [x**2 for x in chebyshev(mpf(0), mpf(most), 200)]
    terms = [(z, f(sqrt(z)) / sqrt(z), polyval(p[::-1], z), polyval(q[::-1], z)) for z in points]
    above = write(p, lambda k: max(z**k / (b * ratio) for z, ratio, _, b in terms))
    below = write(q, lambda k: max(abs(a) * z**k / (b**2 * ratio) for z, ratio, a, b in terms))
    parts = f"above: {above}, below: {below}"
    return mp.nstr(worst, 2), f"{{ most: {most}, slope: {slope}, {parts} }}"


def print_quotients():
    """Up to where the result is 1 but for half a unit in the last place.

    The scales are those of k/256 at which rounding the coefficients cost least in float32.
    """
    small = quotient_of(tanh, "9.02", 4, "0.125", "1.8125", singles)
    large = quotient_of(tanh, "19.07", 10, "0.0625", "1", doubles)
    print()
    print(f"/** P and Q of tanh x; errors {small[0]} and {large[0]}. */")
    print(f"export const TANH = {{ float32: {small[1]}, float64: {large[1]} }} as const;")
    error, lines = quotient_of(erf, "3.93", 5, "0.25", "1.10546875", singles)
    print()
    print(f"/** P and Q of erf x in float32; error {error}. */")
    print(f"export const ERF: Quotient = {lines};")


if __name__ == "__main__":
    print("// The polynomials of the mathematics, lowest coefficient first; fitted and printed by")
    print("// test/kernels/wasm/figures/coefficients.py.")
    print()
    print("/** One polynomial in two precisions. */")
    print("export interface Polynomial {")
    print("  readonly float32: readonly number[];")
    print("  readonly float64: readonly number[];")
    print("}")
    print()
    print("/** c·x + x·P(x²)/Q(x²) for |x| ≤ most: the slope c, P above and Q below. */")
    print("export interface Quotient {")
    print("  readonly most: number;")
    print("  readonly slope: number;")
    print("  readonly above: readonly number[];")
    print("  readonly below: readonly number[];")
    print("}")
    print_exp()
    for name, about, f, lo, hi, weight in FITS:
        rows = []
        errors = []
        for dtype, tolerance, write in (("float32", 28, singles), ("float64", 57, doubles)):
            c, worst = fit(f, lo, hi, weight, mpf(2) ** -tolerance)
            rows.append(f"  {dtype}: {write(c, lambda k: weight(hi) * hi**k)},")
            errors.append(mp.nstr(worst, 2))
        print()
        print(f"/** {about}; errors {errors[0]} and {errors[1]}. */")
        print(f"export const {name}: Polynomial = {{")
        print("\n".join(rows))
        print("};")
    print_quotients()
