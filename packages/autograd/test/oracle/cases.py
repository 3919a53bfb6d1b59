# What the ops are tried on: ordinary values, extreme ones where PyTorch itself is accurate, and edge shapes.
#
# Kinks appear only where our convention and PyTorch's are the same: relu, abs and norm at 0, ties of maximum, minimum,
# amax and amin, the bounds of clamp. Left out for that reason: leakyRelu at 0, the derivative of logsumexp at a row of −∞,
# softplus between 20 and 40 (PyTorch cuts it to x there, off by e⁻²⁰).
import numpy as np
import torch

INF, NAN = float('inf'), float('nan')
source = np.random.default_rng(20240229)


def t(values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype)


def i32(values):
    return t(values, torch.int32)


def mask(values):
    return t(values, torch.bool)


def random(shape, low=-2.0, high=2.0):
    """Uniform, three decimals, and never within 0.01 of 0."""
    values = np.round(source.uniform(low, high, tuple(shape)), 3)
    return t(np.where(np.abs(values) < 0.01, 0.25 * max(abs(low), abs(high)), values).tolist()).reshape(tuple(shape))


def distinct(*shape):
    """Values at least 0.37 apart, so that the greatest, the least and the order are clear."""
    return t((np.round(source.permutation(int(np.prod(shape))) * 0.37 - 1.6, 2)).tolist()).reshape(shape)


def case(op, *args, **how):
    return {'op': op, 'args': list(args), **how}


# --- one number in, one number out -----------------------------------------------------------------------------------

EXTREMES = {  # every element of value and gradient must agree by itself
    'exp': [-700, -30, -1e-9, 0, 1e-9, 30, 700],
    'log': [1e-300, 1e-9, 0.999, 1.001, 1e9, 1e300],
    'log1p': [1e-300, 1e-12, -1e-12, -0.999, 1e15],
    'expm1': [1e-300, 1e-12, -1e-12, 1e-5, 50, 700],
    'sqrt': [1e-300, 1e-12, 1e12, 1e300],
    'rsqrt': [1e-100, 1e-12, 1e12, 1e100],
    'square': [1e-150, -1e-12, 0, 1e12, -1e150],
    'sin': [0, 1e-12, 1e-5, 3.14159, 100, -10000],
    'cos': [0, 1e-12, 1e-5, 1.5707, 100, -10000],
    'tan': [0, 1e-12, 1.5707, -1.5, 100],
    'asin': [0, 1e-12, 0.99, -0.99],
    'acos': [0, 1e-12, 0.99, -0.99],
    'atan': [0, 1e-12, 1, 1e8, -1e8],
    'sinh': [0, 1e-12, 20, -20, 700],
    'cosh': [0, 1e-12, 20, -20, 700],
    'tanh': [0, 1e-300, 1e-12, -1e-5, 0.01],
    'erf': [0, 1e-300, 1e-12, 1e-5, -3, 6],
    'sigmoid': [-700, -100, -20, -1e-12, 0],
    'logSigmoid': [-1e4, -700, -20, 1e-12, 5, 20, 100, 700],
    'softplus': [-700, -100, -20, -1e-12, 5, 15, 100, 1e4],
    'silu': [-700, -20, 1e-12, 100, 1e4],
    'relu': [-1e300, -1e-300, 0, 1e-300, 1e300],
    'abs': [-1e300, -1e-300, 0, 1e-300, 1e300],
    'neg': [-1e300, 0, 1e-300],
}
ENDS = {  # values only: the ends of the line, and where a gradient rounds differently by design
    'exp': [-INF, -800, 800, INF, NAN],
    'log': [0, INF, -1, NAN],
    'log1p': [-1, INF, -2, NAN],
    'expm1': [-INF, -800, -50, INF, NAN],
    'sqrt': [0, INF, -1, NAN],
    'rsqrt': [0, INF, NAN],
    'atan': [-INF, INF, NAN],
    'sinh': [-INF, INF, -800],
    'cosh': [-INF, INF, -800],
    'tanh': [-INF, -400, -20, 20, 400, INF, NAN],
    'erf': [-INF, -30, 30, INF, NAN],
    'sigmoid': [-INF, -800, 20, 40, 800, INF, NAN],
    'logSigmoid': [-INF, INF, 800, NAN],
    'softplus': [-INF, INF, -800, 800, NAN],
    'asin': [-1, 1, 1.5],
    'acos': [-1, 1, 1.5],
    'relu': [-INF, INF, NAN],
    'abs': [-INF, INF, NAN],
    'square': [-INF, 1e200, NAN],
    'sin': [INF, NAN],
}
DOMAIN = {'log': (0.2, 4), 'log1p': (-0.7, 3), 'sqrt': (0.2, 4), 'rsqrt': (0.2, 4), 'tan': (-1.2, 1.2),
          'asin': (-0.9, 0.9), 'acos': (-0.9, 0.9), 'gelu': (-3, 3)}
SMOOTH = '''exp log log1p expm1 sqrt rsqrt square sin cos tan asin acos atan sinh cosh tanh erf sigmoid logSigmoid softplus
            silu gelu'''.split()


def unary():
    for op in SMOOTH + ['neg', 'abs', 'relu']:
        low, high = DOMAIN.get(op, (-2, 2))
        yield case(op, random([2, 3], low, high), second=op in SMOOTH)
        yield case(op, random([], low, high))
        if op in EXTREMES:
            yield case(op, t(EXTREMES[op]), each=True)
        if op in ENDS:
            yield case(op, t(ENDS[op]), each=True, grad=False)
    yield case('gelu', t([-8, -1e-12, 0, 1e-12, 8, 100]))
    yield case('sign', t([-1e300, -2, -1e-300, 0, 1e-300, 3, INF]), grad=False)
    halves = t([-2.5, -1.5, -0.5, -0.2, 0, 0.5, 1.5, 2.5, 2.6, 1e15 + 0.5, -INF])
    for op in ['floor', 'ceil', 'round']:
        yield case(op, halves, grad=False)
        yield case(op, t(2.3), grad=False)
    yield case('leakyRelu', random([2, 3]))
    yield case('leakyRelu', t([-1e300, -1e-3, 1e-3, 1e300]), 0.2, each=True)
    yield case('elu', random([2, 3]), second=True)
    yield case('elu', random([2, 3]), 0.7)
    yield case('elu', t([-50, -20, 20, 1e4]))
    yield case('clamp', random([3, 3]), -0.8, 0.6)
    yield case('clamp', t([-2, -1, 0, 1, 2]), -1, 1)
    yield case('clamp', t([-1e300, 0.5, 1e300]), 0, INF)
    yield case('clamp', t([-1e300, 0.5, 1e300]), -INF, 0.75)
    yield case('clamp', t([NAN, INF, -INF]), -1, 1, grad=False)
    yield case('logicalNot', mask([True, False]))


# --- two numbers in, one number out ----------------------------------------------------------------------------------

BROADCASTS = [([2, 3], [3]), ([2, 1], [1, 3]), ([], [2, 2]), ([2, 1, 3], [2, 1])]


def binary():
    for op in ['add', 'sub', 'mul', 'div', 'maximum', 'minimum']:
        yield case(op, random([2, 3]), random([2, 3]), second=op in ('mul', 'div'))
        for a, b in BROADCASTS:
            yield case(op, random(a), random(b))
        yield case(op, random([3]), 0.75)
        yield case(op, -1.25, random([3]))
        yield case(op, random([2, 0]), random([1]))
    yield case('add', t([1e300, 1, INF]), t([1e300, 1e-17, -INF]), grad=False)
    yield case('mul', t([1e-200, 1e200, 0]), t([1e-200, 1e200, INF]), grad=False)
    yield case('div', t([1, -1, 0, 1e-300, INF]), t([0, 0, 0, 1e300, INF]), grad=False)
    yield case('div', t([1e200, 1e-200]), t([1e150, 1e-150]), each=True)
    yield case('maximum', t([1, 2, 3]), t([1, 3, 2]))
    yield case('minimum', t([1, 2, 3]), t([1, 3, 2]))
    yield case('maximum', t([NAN, 1, -INF]), t([1, NAN, INF]), grad=False)
    yield case('minimum', t([NAN, 1, -INF]), t([1, NAN, INF]), grad=False)

    yield case('pow', random([2, 3], 0.3, 2), random([2, 3]), second=True)
    yield case('pow', random([2, 1], 0.3, 2), random([3]))
    for exponent in [2, 3, 0.5, -1, -1.5, 1, 0]:
        low = 0.3 if exponent != int(exponent) else -2
        yield case('pow', random([3], low, 2), exponent, second=exponent in (3, -1.5))
    yield case('pow', 2, random([2, 2]), second=True)
    yield case('pow', 0.3, random([]))
    yield case('pow', t([0, 0, -2, 1e-100, 1e100]), 2, each=True)
    yield case('pow', t([0, 0, 2, 3]), t([1, 2, 0, 1]))
    yield case('pow', t([-2, -2, 0, 0, INF, NAN, 2]), t([3, 0.5, 0, -1, 0, 0, 1100]), grad=False)

    for op in ['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual']:
        yield case(op, t([[1, 2, 3], [3, 2, 1]]), t([1, 2, 2]))
        yield case(op, t([NAN, INF, -INF, 0, 1]), t([NAN, INF, 0, -0.0, NAN]))
        yield case(op, i32([1, 2, 3]), 2)
    for op in ['logicalAnd', 'logicalOr', 'logicalXor']:
        yield case(op, mask([[False, True]]), mask([[False], [True]]))
    yield case('where', mask([[True, False, True], [False, False, True]]), random([2, 3]), random([2, 3]))
    yield case('where', mask([True, False, True]), random([2, 1]), random([]))
    yield case('where', mask([[True], [False]]), random([3]), 0.5)
    yield case('where', mask([True, False]), t([1, INF]), t([NAN, 2]), grad=False)


# --- int32 wraps, and its quotient is float32 ------------------------------------------------------------------------

def integers():
    big, most, least = 2_000_000_000, 2**31 - 1, -2**31
    yield case('add', i32([big, most, 1]), i32([big, 1, 2]))
    yield case('sub', i32([-big, least, 1]), i32([big, 1, 2]))
    yield case('mul', i32([123456789, most, 46341, -7]), i32([987654321, most, 46341, 3]))
    yield case('neg', i32([least, most, 5]))
    yield case('pow', i32([46341, -3, 2]), 2)
    yield case('div', i32([1, 7, -7, 1]), i32([3, 2, 2, 0]))
    yield case('maximum', i32([1, 5]), i32([3, -2]))
    yield case('sum', i32([[1, 2], [3, 4]]), 0)
    yield case('sum', i32([most, 1]))
    yield case('matmul', i32([[1, 2], [3, 4]]), i32([[5, 6], [7, 8]]))
    yield case('where', mask([True, False]), i32([1, 2]), i32([3, 4]))
    yield case('abs', i32([-3, 0, 3]))
    yield case('sign', i32([-3, 0, 3]))


# --- reductions ------------------------------------------------------------------------------------------------------

SPANS = [[], [0], [-1, {'keepDims': True}], [[0, 2]], [[1, 2], {'keepDims': True}]]


def reductions():
    for op in ['sum', 'mean', 'prod', 'max', 'min', 'logsumexp', 'variance', 'std', 'norm']:
        smooth = op not in ('sum', 'mean', 'max', 'min')
        data = distinct if op in ('max', 'min') else lambda *shape: random(shape)
        for n, args in enumerate(SPANS):
            # Over two elements std is |a - b| / 2: its second derivative is 0, which nothing can be relative to.
            yield case(op, data(2, 3, 2), *args, second=smooth and n in ((3,) if op == 'std' else (1, 3)))
        if op != 'std':  # of one element: PyTorch's gradient is NaN, ours 0, as for norm
            yield case(op, data(1, 1), 0)
        if op not in ('variance', 'std'):
            yield case(op, random([]))
    yield case('sum', random([3, 0, 2]), 1)
    yield case('mean', t([1e300, 3]))
    yield case('prod', random([3, 0]), 1)
    yield case('prod', t([[2, 0, 3], [0, 0, 3], [1, 2, 4]]), 1)
    yield case('prod', t([2, 0, 0.5]), second=True)
    yield case('max', t([[1, 3, 3], [2, 2, 2]]), 1)
    yield case('min', t([[1, 3, 1], [2, 2, 2]]))
    yield case('max', t([[1, NAN], [-INF, -INF]]), 1, grad=False)
    yield case('min', t([[1, NAN], [INF, INF]]), 1, grad=False)
    yield case('logsumexp', t([[1000, 1000, 999], [-1000, -1001, -INF]]), 1)
    yield case('logsumexp', t([[-INF, -INF], [INF, 0]]), 1, grad=False)
    yield case('logsumexp', random([2, 0]), 1, grad=False)
    for op in ['variance', 'std']:
        yield case(op, random([2, 4]), 1, {'correction': 1}, second=True)
        yield case(op, random([5]), [0], {'correction': 1, 'keepDims': True})
        yield case(op, t([1e8 + 1, 1e8 + 2, 1e8 + 4]), grad=False)
    yield case('variance', t([3.0]), 0)
    for order in [1, 3, 2.5, INF]:
        yield case('norm', distinct(2, 3), 1, {'ord': order}, second=order in (3, 2.5))
    yield case('norm', t([0, 0, 0]))
    yield case('norm', t([[0, 0], [3, 4]]), 1)
    yield case('norm', t([3, 0, -4]), 0, {'ord': 1, 'keepDims': True})
    for op in ['argmax', 'argmin']:
        yield case(op, distinct(2, 3, 2), 1)
        yield case(op, distinct(2, 3))
        yield case(op, distinct(3, 2), -1, {'keepDims': True})
        yield case(op, t(4.0), grad=False)
    for shape, axis in [([4], 0), ([2, 3, 2], 1), ([2, 3], -1), ([1], 0), ([2, 0], 0)]:
        yield case('cumsum', random(shape), axis)
    for op in ['softmax', 'logSoftmax']:
        yield case(op, random([2, 3]), second=True)
        yield case(op, random([3, 2, 2]), 0, second=True)
        yield case(op, random([2, 3, 2]), 1)
        yield case(op, random([2, 1]))
        yield case(op, t([[1000, 999, -1000], [-1000, -1001, -1002]]))
        yield case(op, t([[0, -INF, 1], [-INF, -INF, 2]]), grad=op == 'softmax')
        yield case(op, t([0.5, -0.5]), 0)


# --- products --------------------------------------------------------------------------------------------------------

def products():
    for n, (a, b) in enumerate([([2, 3], [3, 4]), ([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([2, 2, 3], [2, 3, 2]),
                                ([2, 1, 2, 3], [2, 3, 2]), ([2, 3], [2, 3, 2]), ([2, 2, 3], [3]), ([3], [2, 3, 2]),
                                ([1, 1], [1, 1]), ([2, 0], [0, 3]), ([0, 2], [2, 3])]):
        yield case('matmul', random(a), random(b), second=n in (0, 4, 5))
    yield case('matmul', t([[1e200, 1], [1e-200, 1]]), t([[1e100], [1]]))
    yield case('dot', random([4]), random([4]), second=True)
    yield case('dot', random([1]), random([1]))
    yield case('dot', random([0]), random([0]))
    yield case('outer', random([3]), random([2]), second=True)
    yield case('outer', random([1]), random([3]))
    for n, (subscripts, *shapes) in enumerate([
            ('ij,jk->ik', [2, 3], [3, 2]), ('ij,kj->ik', [2, 3], [2, 3]), ('bij,bjk->bik', [2, 2, 3], [2, 3, 2]),
            ('i,i->', [3], [3]), ('i,j->ij', [2], [3]), ('ij,ij->', [2, 3], [2, 3]), ('ij,ij->i', [2, 3], [2, 3]),
            ('ij->ji', [2, 3]), ('ij->', [2, 3]), ('ijk->j', [2, 3, 2]), ('ii->', [3, 3]), ('ii->i', [3, 3]),
            ('iij->j', [2, 2, 3]), ('i,ij,j->', [2], [2, 3], [3]), ('ij,jk,kl->il', [2, 3], [3, 2], [2, 2]),
            ('ijk,ljm->iklm', [2, 3, 2], [2, 3, 2]), ('bi,oi,bo->', [2, 3], [2, 3], [2, 2]), ('ij,k->j', [2, 3], [2]),
            ('i,->i', [3], [])]):
        yield case('einsum', subscripts, *(random(s) for s in shapes), second=n in (0, 2, 13, 16))


# --- shapes and positions --------------------------------------------------------------------------------------------

def shapes():
    for shape, to in [([2, 3], [3, 2]), ([2, 3, 2], [-1, 4]), ([], [1, 1]), ([1], []), ([2, 0], [0, 5])]:
        yield case('reshape', random(shape), to)
    for shape in [[2, 3], [2, 3, 2], [3], []]:
        yield case('transpose', random(shape))
    yield case('permute', random([2, 3, 2]), [2, 0, 1])
    yield case('permute', random([2, 3]), [-1, 0])
    for shape, to in [([3], [2, 3]), ([2, 1], [2, 2, 3]), ([], [2]), ([1], [0])]:
        yield case('broadcastTo', random(shape), to)
    yield case('squeeze', random([1, 2, 1]))
    yield case('squeeze', random([1, 2, 1]), 0)
    yield case('squeeze', random([1, 2, 1]), -1)
    yield case('unsqueeze', random([2, 3]), 1)
    yield case('unsqueeze', random([2]), -1)
    yield case('unsqueeze', random([]), 0)
    for shape, *ranges in [([4, 3], [1, 3]), ([4, 3], None, [0, None, 2]), ([4, 3], 1), ([4, 3], -1, [None, None, -1]),
                           ([5], [-1, None, -2]), ([5], [-3, -1]), ([2, 3, 2], None, 1, [1]), ([4], [3, 1]),
                           ([5], [None, -9, -1]), ([3], 2)]:
        yield case('slice', random(shape), *ranges)
    yield case('flip', random([2, 3]))
    yield case('flip', random([2, 3]), 1)
    yield case('flip', random([2, 3, 2]), [0, -1])
    yield case('pad', random([2, 3]), [[1, 0], [2, 1]])
    yield case('pad', random([3]), [[0, 2]], -1.5)
    yield case('pad', random([2, 0]), [[0, 0], [1, 1]])
    for op in ['concat', 'stack']:
        yield case(op, [random([2, 3]), random([2, 3])])
        yield case(op, [random([2, 2]), random([2, 2]), random([2, 2])], 1)
        yield case(op, [random([2, 2]), random([2, 2])], -1)
    yield case('concat', [random([1, 2]), random([0, 2]), random([3, 2])], 0)
    yield case('concat', [random([3])])
    yield case('stack', [random([]), random([])])
    yield case('split', random([4, 3]), 2)
    yield case('split', random([2, 5]), [1, 0, 4], 1)
    yield case('split', random([2, 3]), 3, -1)
    yield case('split', random([2]), 1)
    for shape, reps in [([2, 3], [2, 1]), ([3], [2, 2]), ([2, 2], [3]), ([], [2])]:
        yield case('tile', random(shape), reps)
    yield case('repeat', random([2, 3]), 2, 1)
    yield case('repeat', random([3]), 3, 0)
    yield case('repeat', random([1, 2]), 1, -1)


def positions():
    yield case('gather', random([4, 2]), i32([0, 2, 2, 3]))
    yield case('gather', random([3, 2]), i32([[0, 1], [2, 0]]))
    yield case('gather', random([2, 3]), i32([2, 0, 2, 1]), 1)
    yield case('gather', random([3, 2]), i32(1))
    yield case('gather', random([2, 3, 2]), i32([1]), -2)
    yield case('takeAlong', random([3, 2]), i32([[0, 1], [2, 2]]), 0)
    yield case('takeAlong', random([2, 3]), i32([[0, 0, 2, 1], [2, 1, 1, 1]]), 1)
    yield case('takeAlong', random([2, 3]), i32([[1], [2]]), -1)
    yield case('scatterAdd', random([4, 2]), i32([0, 2, 2]), random([3, 2]))
    yield case('scatterAdd', random([2, 3]), i32([2, 0, 2, 2]), random([2, 4]), 1)
    yield case('scatterAdd', random([3]), i32([[0, 1], [1, 1]]), random([2, 2]))
    yield case('index', random([3, 2]), i32([2, 0, 2]))
    yield case('index', random([3, 4]), i32([0, 2, 1, 2]), i32([3, 1, 0, 1]))
    yield case('index', random([2, 3, 2]), i32([[0], [1]]), i32([2, 0]))
    yield case('oneHot', i32([0, 2, 1]), 3, any_dtype=True)
    yield case('oneHot', i32([[1], [0]]), 2, any_dtype=True)
    yield case('oneHot', i32(1), 3, any_dtype=True)
    for op in ['tril', 'triu']:
        yield case(op, random([3, 3]))
        yield case(op, random([2, 4]), 1)
        yield case(op, random([2, 3, 2]), -1)
    for shape, *k in [([3],), ([2], 1), ([2], -1), ([3, 3],), ([2, 3], 1), ([3, 2], -1), ([1],)]:
        yield case('diag', random(shape), *k)
    for op in ['sort', 'argsort']:
        yield case(op, distinct(2, 4))
        yield case(op, distinct(3, 2), 0)
        yield case(op, distinct(2, 3), 1, {'descending': True})
        yield case(op, t([3.0, 1, 3, 2, 1]), grad=False)
        yield case(op, t([2.5]))
    yield case('sort', t([1, NAN, -INF, 0.5]), grad=False)
    yield case('topK', distinct(2, 4), 2)
    yield case('topK', distinct(4, 2), 3, 0)
    yield case('topK', distinct(5), 2, -1, {'largest': False})
    yield case('topK', distinct(3), 3)


def kinds():
    yield case('cast', random([3]), 'float32')
    yield case('cast', t([2.7, -2.7, 0, -0.5]), 'int32')
    yield case('cast', t([2.7, 0, -0.5, NAN]), 'bool')
    yield case('cast', i32([1, -2]), 'float64')
    yield case('cast', mask([True, False]), 'int32')
    yield case('detach', random([2, 2]))
    yield case('eye', 3, any_dtype=True)
    yield case('eye', 2, 3, any_dtype=True)
    yield case('arange', 5, any_dtype=True)
    yield case('arange', 2, 7, 2, any_dtype=True)
    yield case('arange', 1, -2, -0.5, any_dtype=True)
    yield case('linspace', 0, 1, 5, any_dtype=True)
    yield case('linspace', -2, 3, 11, any_dtype=True)
    yield case('linspace', 3, -1, 1, any_dtype=True)
    yield case('zerosLike', random([2, 3]))
    yield case('onesLike', random([2]))
    yield case('fullLike', random([2]), 2.5)


def all_cases():
    for family in [unary, binary, integers, reductions, products, shapes, positions, kinds]:
        yield from family()
