# Makes fixtures/minimize.json with SciPy 1.17.1 (float64): what its methods get for the same problems.
#
#     python3 -m venv venv && venv/bin/pip install scipy==1.17.1 && venv/bin/python make_minimize_figures.py
#
# minima   the least Σ fᵢ² of those problems of Moré, Garbow and Hillstrom that their paper gives in six digits, by
#          least_squares from the paper's start; checked here against these six digits
# bounded  a function by name, start and bounds; the minimum by L-BFGS-B, checked here against SLSQP and the
#          Karush-Kuhn-Tucker conditions
# counts   evaluations of Rosenbrock's function and gradient from (-1.2, 1), by method
import json
import os

import numpy as np
from scipy.optimize import approx_fprime, least_squares, minimize, rosen, rosen_der, rosen_hess

t = lambda n: np.arange(1, n + 1)
bard = np.array([.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39])
gauss = np.array([.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989, .3521, .2420, .1295, .0540, .0175, .0044, .0009])
osborne2 = np.array([
    1.366, 1.191, 1.112, 1.013, .991, .885, .831, .847, .786, .725, .746, .679, .608, .655, .616, .606, .602, .626, .651, .724, .649,
    .649, .694, .644, .624, .661, .612, .558, .533, .495, .500, .423, .395, .375, .372, .391, .396, .405, .428, .429, .523, .562,
    .607, .653, .672, .708, .633, .668, .645, .632, .591, .559, .597, .625, .739, .710, .729, .720, .636, .581, .428, .292, .162,
    .098, .054])


def watson(x):
    s = t(29)[:, None] / 29
    j = np.arange(len(x))
    first = (j[1:] * x[1:] * s ** (j[1:] - 1)).sum(1) - (x * s ** j).sum(1) ** 2 - 1
    return np.append(first, [x[0], x[1] - x[0] ** 2 - 1])


def penalty2(x):
    n, e, a = len(x), np.exp(x / 10), np.sqrt(1e-5)
    y = np.exp(t(n)[1:] / 10) + np.exp((t(n)[1:] - 1) / 10)
    return np.concatenate([[x[0] - .2], a * (e[1:] + e[:-1] - y), a * (e[1:] - np.exp(-.1)), [((n - t(n) + 1) * x ** 2).sum() - 1]])


def chebyquad(x):
    n, z = len(x), 2 * x - 1
    values = [np.ones(n), z]
    while len(values) <= n:
        values.append(2 * z * values[-1] - values[-2])
    return np.array([values[i].mean() - (-1 / (i * i - 1) if i % 2 == 0 else 0) for i in t(n)])


def osborne(x):
    s = (t(65) - 1) / 10
    bump = lambda k: x[k] * np.exp(-(s - x[k + 7]) ** 2 * x[k + 4])
    return osborne2 - x[0] * np.exp(-s * x[4]) - bump(1) - bump(2) - bump(3)


PAPER = {
    2: (48.9842, [.5, -2], lambda x: np.array([-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]])),
    6: (124.362, [.3, .4], lambda x: 2 + 2 * t(10) - np.exp(t(10) * x[0]) - np.exp(t(10) * x[1])),
    8: (8.21487e-3, [1, 1, 1], lambda x: bard - x[0] - t(15) / ((16 - t(15)) * x[1] + np.minimum(t(15), 16 - t(15)) * x[2])),
    9: (1.12793e-8, [.4, 1, 0], lambda x: x[0] * np.exp(-x[1] * ((8 - t(15)) / 2 - x[2]) ** 2 / 2) - gauss),
    16: (85822.2, [25, 5, -5, -1], lambda x: (x[0] + x[1] * t(20) / 5 - np.exp(t(20) / 5)) ** 2
         + (x[2] + x[3] * np.sin(t(20) / 5) - np.cos(t(20) / 5)) ** 2),
    19: (4.01377e-2, [1.3, .65, .65, .7, .6, 3, 5, 7, 2, 4.5, 5.5], osborne),
    20: (2.28767e-3, [0] * 6, watson),
    23: (2.24997e-5, [1, 2, 3, 4], lambda x: np.append(np.sqrt(1e-5) * (x - 1), (x ** 2).sum() - .25)),
    24: (9.37629e-6, [.5] * 4, penalty2),
    35: (3.51687e-3, list(t(8) / 9), chebyquad),
}
minima = {}
for number, (paper, start, residuals) in PAPER.items():
    found = least_squares(residuals, np.array(start, float), jac='3-point', method='lm', xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=10 ** 6)
    minima[number] = 2 * found.cost
    # The paper cuts off what it does not print, or rounds it.
    assert abs(minima[number] - paper) <= 10.0 ** (np.floor(np.log10(paper)) - 5), (number, minima[number], paper)

# --- bounds ----------------------------------------------------------------------------------------------------------


def trough(x):
    """A convex quadratic with a banded matrix, its minimum outside of the box in places."""
    return 2 * (x ** 2).sum() + (x[1:] * x[:-1]).sum() - ((-1.) ** np.arange(len(x)) * np.arange(len(x))).dot(x)


def driver(x):
    """A chain of quartics, as in the sample driver of L-BFGS-B."""
    return .25 * (x[0] - 1) ** 2 + ((x[1:] - x[:-1] ** 2) ** 2).sum()


def logs(x):
    """Finite only above 0."""
    return (x - np.log(x)).sum() + x.sum() ** 2 / 2


FUNCTIONS = {'rosenbrock': rosen, 'trough': trough, 'chain': driver, 'logs': logs}
inf = float('inf')
BOUNDED = [
    ('rosenbrock', [-1.2, 1], [-2, -2], [.5, 2]),
    ('rosenbrock', [-1.2, 1], [-inf, 1.5], [inf, inf]),
    ('rosenbrock', [-1.2, 1, -1.2, 1, 0], [-inf] * 5, [.8] * 5),
    ('rosenbrock', [2, 2, 2, 2], [1.1, -inf, 0, 3], [inf, 1.3, 2, 3]),
    ('rosenbrock', [-1.2, 1], [-10, -10], [10, 10]),
    ('trough', [0] * 8, [-.5] * 8, [.5] * 8),
    ('trough', [.2] * 8, [-inf, -.3, -inf, 0, 0, 0, -1, -2], [.1, inf, .4, inf, 1, 0, 1, inf]),
    ('chain', [3] * 6, [1 if i % 2 == 0 else -100 for i in range(6)], [100] * 6),
    ('chain', [1] * 10, [1.2 if i % 3 == 0 else 0 for i in range(10)], [1.8 if i % 2 == 0 else 3 for i in range(10)]),
    ('logs', [1, 2, 3], [.01, .5, .01], [inf, inf, .2]),
]
bounded = []
for name, start, lower, upper in BOUNDED:
    f, bounds = FUNCTIONS[name], list(zip(lower, upper))
    x0 = np.clip(np.array(start, float), lower, upper)
    gradient = (lambda x: rosen_der(x)) if name == 'rosenbrock' else lambda x: approx_fprime(x, f, 1e-8)
    found = minimize(f, x0, jac='3-point' if name != 'rosenbrock' else rosen_der, method='L-BFGS-B', bounds=bounds,
                     options={'ftol': 0, 'gtol': 1e-12, 'maxiter': 10 ** 5, 'maxfun': 10 ** 6})
    other = minimize(f, x0, method='SLSQP', bounds=bounds, jac='3-point', options={'ftol': 1e-15, 'maxiter': 10 ** 4})
    assert abs(found.fun - other.fun) <= 1e-8 * max(1, abs(found.fun)), (name, found.fun, other.fun)
    g = gradient(found.x)
    assert np.abs(np.clip(found.x - g, lower, upper) - found.x).max() < 1e-5, (name, g)
    plain = lambda values: [None if np.isinf(v) else v for v in values]
    bounded.append({'function': name, 'start': start, 'lower': plain(lower), 'upper': plain(upper), 'x': found.x.tolist(),
                    'value': float(found.fun), 'evaluations': int(found.nfev)})

counts = {}
for method in ['L-BFGS-B', 'CG', 'trust-ncg', 'Newton-CG']:
    hess = {} if method in ('L-BFGS-B', 'CG') else {'hess': rosen_hess}
    options = {'ftol': 0, 'gtol': 1.5e-8} if method == 'L-BFGS-B' else {} if method == 'Newton-CG' else {'gtol': 1.5e-8}
    found = minimize(rosen, [-1.2, 1], jac=rosen_der, method=method, options=options, **hess)
    counts[method] = {'iterations': int(found.nit), 'evaluations': int(found.nfev)}

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'fixtures', 'minimize.json'), 'w') as file:
    json.dump({'minima': minima, 'bounded': bounded, 'counts': counts}, file, indent=1)
    file.write('\n')
print(minima, counts, [b['evaluations'] for b in bounded])
