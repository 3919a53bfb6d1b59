"""Fits the two polynomials of src/scalar/special.ts: python3 erf_coefficients.py (needs mpmath).

|x| <= 1:      erf(x) = x + x R(x^2),                with R a polynomial on [0, 1]
1 < |x| < 6:   erf(x) = 1 - exp(-x^2) Q(v(x)),       Q the scaled complement erfcx(x) = exp(x^2) erfc(x) as a
               polynomial in v in [-1, 1], the affine image of t = 2 / (2 + x): v = (T - MID) / HALF
Both are interpolated at Chebyshev nodes with 60 digits, which is near-minimax, then rounded to doubles, of as few digits as
change the weighted value by less than 2^-61 each.
"""

from mpmath import mp, mpf, erf, erfc, exp, sqrt, cos, pi, polyval, lu_solve, matrix, linspace

mp.dps = 60


def interpolate(f, lo, hi, degree):
    """Monomial coefficients, lowest first, of the Chebyshev interpolant of f on [lo, hi]."""
    nodes = [(lo + hi) / 2 + (hi - lo) / 2 * cos(pi * (2 * k + 1) / (2 * degree + 2)) for k in range(degree + 1)]
    rows = matrix([[x**j for j in range(degree + 1)] for x in nodes])
    return list(lu_solve(rows, matrix([f(x) for x in nodes])))


def double(x, slack):
    """The shortest double within `slack` of x, or the nearest one."""
    for digits in range(1, 17):
        text = f"{float(x):.{digits}g}"
        if abs(mpf(text) - x) <= slack:
            return float(text)
    return float(x)


def report(name, f, lo, hi, degree, weight=lambda x: mpf(1)):
    c = interpolate(f, lo, hi, degree)
    points = linspace(lo, hi, 2001)[1:]
    share = lambda k: max(weight(x) * abs(x) ** k for x in points)
    rounded = [mpf(double(a, mpf(2) ** -61 / share(k))) for k, a in enumerate(c)]
    worst = max(abs(polyval(rounded[::-1], x) - f(x)) * weight(x) for x in points)
    print(name, "degree", degree, "worst weighted error", mp.nstr(worst, 3))
    for k in rounded:
        print("  ", repr(float(k)) + ",")


report("R", lambda s: erf(sqrt(s)) / sqrt(s) - 1, mpf(0), mpf(1), 12)

T_MID = (mpf(1) / 4 + mpf(2) / 3) / 2
T_HALF = (mpf(2) / 3 - mpf(1) / 4) / 2


def x_of(v):
    return 2 / (T_MID + T_HALF * v) - 2


report(
    "Q",
    lambda v: exp(x_of(v) ** 2) * erfc(x_of(v)),
    mpf(-1),
    mpf(1),
    14,
    lambda v: exp(-(x_of(v) ** 2)),
)
