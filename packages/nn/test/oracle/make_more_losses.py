# Makes fixtures/more-losses.json: values and gradients of the losses that came later, with every reduction.
#
#     apt-get install python3-torch && /usr/bin/python3 make_more_losses.py
#
# Oracles: PyTorch 1.13 (Debian bookworm's python3-torch, CPU, float64) where it has the loss: smoothL1, multiMargin,
# cosineEmbedding, triplet, ctc, gaussianNll, poissonNll. The others are written here from the formulas of their papers, on
# PyTorch's tensors for the gradients: focal and binaryFocal (Lin et al., 2017, eq. 5), hinge and squaredHinge, dice (Milletari
# et al., 2016, and Dice, 1945), contrastive (Hadsell et al., 2006).
#
# Each case has its operands, options, value, and the gradients of Σ value · weights by the operands (null where there is none).
# CTC's gradient is by logits, through log_softmax: PyTorch's own by log-probabilities presumes one.
import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
source = np.random.default_rng(2017)


def t(values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype)


def random(*shape, low=-2.0, high=2.0):
    return t(np.round(source.uniform(low, high, shape), 3))


def ints(*shape, high):
    return t(source.integers(0, high, shape), torch.int32)


def plain(v):
    if isinstance(v, torch.Tensor):
        data = [x if not isinstance(x, float) or math.isfinite(x) else str(x).replace('inf', 'Infinity')
                for x in v.detach().reshape(-1).tolist()]
        out = {'shape': list(v.shape), 'data': data}
        return out if v.dtype == torch.float64 else {**out, 'dtype': 'int32'}
    if isinstance(v, dict):
        return {k: plain(e) for k, e in v.items()}
    return v


def reduced(terms, reduction):
    return {'none': lambda: terms, 'sum': terms.sum, 'mean': terms.mean}[reduction]()


def focal(x, y, reduction, gamma=2.0, classWeights=None):
    """−α_y (1 − p_y)^γ ln p_y; the mean divides by Σ α_y, as in cross-entropy."""
    p = torch.softmax(x, -1)
    if y.is_floating_point():
        terms = -(y * (1 - p) ** gamma * p.log()).sum(-1)
        return reduced(terms, reduction)
    w = torch.ones(x.shape[-1]) if classWeights is None else classWeights
    own = p.gather(-1, y.long().unsqueeze(-1)).squeeze(-1)
    terms = -w[y.long()] * (1 - own) ** gamma * own.log()
    return terms.sum() / w[y.long()].sum() if reduction == 'mean' else reduced(terms, reduction)


def binary_focal(x, y, reduction, gamma=2.0, alpha=None):
    """−α_t (1 − p_t)^γ ln p_t, mixed by soft targets."""
    p = torch.sigmoid(x)
    a, b = (1, 1) if alpha is None else (alpha, 1 - alpha)
    terms = -a * y * (1 - p) ** gamma * p.log() - b * (1 - y) * p ** gamma * (1 - p).log()
    return reduced(terms, reduction)


def hinge(x, y, reduction, margin=1.0, power=1):
    s = torch.where(y > 0, 1.0, -1.0)
    return reduced(torch.relu(margin - s * x) ** power, reduction)


def dice(a, y, reduction, smooth=1.0, squared=True):
    a, y = a.reshape(a.shape[0], -1), y.reshape(y.shape[0], -1)
    below = (a * a + y * y if squared else a + y).sum(1)
    return reduced(1 - (2 * (a * y).sum(1) + smooth) / (below + smooth), reduction)


def contrastive(a, b, y, reduction, margin=1.0):
    d = (a - b).square().sum(-1).sqrt()
    return reduced(torch.where(y > 0, d * d, torch.relu(margin - d) ** 2) / 2, reduction)


def ctc(x, y, reduction, inputLengths=None, targetLengths=None, blank=0, zeroInfinity=False):
    lengths = inputLengths or [x.shape[0]] * x.shape[1]
    counts = targetLengths or [y.shape[1]] * y.shape[0]
    return F.ctc_loss(torch.log_softmax(x, -1), y.long(), t(lengths, torch.long), t(counts, torch.long), blank,
                      reduction, zeroInfinity)


def signs(y):
    return torch.where(y > 0, 1.0, -1.0)


LOSSES = {
    'smoothL1': lambda p, y, reduction, beta=1.0: F.smooth_l1_loss(p, y, reduction=reduction, beta=beta),
    'focal': focal,
    'binaryFocal': binary_focal,
    'hinge': hinge,
    'squaredHinge': lambda *a, **k: hinge(*a, **k, power=2),
    'multiMargin': lambda p, y, reduction, margin=1.0, squared=False, classWeights=None: F.multi_margin_loss(
        p, y.long(), p=2 if squared else 1, margin=margin, weight=classWeights, reduction=reduction),
    'cosineEmbedding': lambda a, b, y, reduction, margin=0.0: F.cosine_embedding_loss(
        a, b, signs(y), margin=margin, reduction=reduction),
    'contrastive': contrastive,
    'triplet': lambda a, same, other, reduction, margin=1.0, swap=False, p=2: F.triplet_margin_loss(
        a, same, other, margin=margin, p=p, swap=swap, reduction=reduction),
    'dice': dice,
    'gaussianNll': lambda a, y, reduction, variance, full=False, epsilon=1e-6: F.gaussian_nll_loss(
        a, y, variance, full=full, eps=epsilon, reduction=reduction),
    'poissonNll': lambda a, y, reduction, logInput=True, full=False, epsilon=1e-8: F.poisson_nll_loss(
        a, y.double(), log_input=logInput, full=full, eps=epsilon, reduction=reduction),
    'ctc': ctc,
}


def inputs():
    """(loss, operands, options)."""
    yield 'smoothL1', [random(4, 3), random(4, 3)], {}
    yield 'smoothL1', [random(5), random(5)], {'beta': 0.5}
    yield 'smoothL1', [random(2, 2), random(2, 2)], {'beta': 0}
    labels, weights = t([2, 0, 1, 2], torch.int32), t([0.5, 2, 1.25])
    for gamma in [0, 0.5, 2, 5]:
        yield 'focal', [random(4, 3), labels], {'gamma': gamma}
        yield 'binaryFocal', [random(4, 3), (random(4, 3) > 0).double()], {'gamma': gamma}
    yield 'focal', [random(4, 3), labels], {'classWeights': weights}
    yield 'focal', [random(2, 2, 3), ints(2, 2, high=3)], {}
    yield 'focal', [random(4, 3), torch.softmax(random(4, 3), -1)], {'gamma': 1.5}
    yield 'binaryFocal', [random(5), (random(5) > 0).double()], {'alpha': 0.25}
    yield 'binaryFocal', [random(3), t([0, 0.25, 0.9])], {'gamma': 3, 'alpha': 0.6}
    for loss in ['hinge', 'squaredHinge']:
        yield loss, [random(4, 3), signs(random(4, 3))], {}
        yield loss, [random(6), (random(6) > 0).double()], {'margin': 0.5}
    for squared in [False, True]:
        yield 'multiMargin', [random(4, 3), labels], {'squared': squared}
        yield 'multiMargin', [random(4, 3), labels], {'squared': squared, 'margin': 0.3, 'classWeights': weights}
    yield 'cosineEmbedding', [random(5, 3), random(5, 3), signs(random(5))], {}
    yield 'cosineEmbedding', [random(5, 3), random(5, 3), (random(5) > 0).double()], {'margin': -0.5}
    yield 'contrastive', [random(5, 3), random(5, 3), (random(5) > 0).double()], {'margin': 3}
    yield 'contrastive', [random(4, 2), random(4, 2), (random(4) > 0).double()], {}
    for options in [{}, {'margin': 0.2}, {'p': 1}, {'p': 3, 'margin': 2}, {'swap': True, 'margin': 2}]:
        yield 'triplet', [random(5, 3), random(5, 3), random(5, 3)], options
    for options in [{}, {'smooth': 0.1}, {'squared': False}]:
        yield 'dice', [random(3, 2, 4, low=0, high=1), (random(3, 2, 4) > 0).double()], options
    for full in [False, True]:
        yield 'gaussianNll', [random(4, 3), random(4, 3)], {'variance': random(4, 3, low=0.1), 'full': full}
    yield 'gaussianNll', [random(4, 3), random(4, 3)], {'variance': random(4, 1, low=0.1)}
    yield 'gaussianNll', [random(3), random(3)], {'variance': t([0, 0.05, 0.2]), 'epsilon': 0.1}
    for options in [{}, {'full': True}]:
        yield 'poissonNll', [random(4, 3), ints(4, 3, high=6).double()], options
        yield 'poissonNll', [random(4, 3, low=0.1), ints(4, 3, high=6).double()], {'logInput': False, **options}
    yield 'ctc', [random(7, 3, 4), t([[1, 2, 3], [2, 2, 1], [3, 3, 3]], torch.int32)], {}
    yield 'ctc', [random(6, 3, 4), t([[1, 2, 3], [1, 1, 2], [2, 3, 3]], torch.int32)], \
        {'inputLengths': [6, 4, 5], 'targetLengths': [3, 2, 1]}
    yield 'ctc', [random(5, 2, 3), t([[0, 1], [1, 1]], torch.int32)], {'blank': 2}
    yield 'ctc', [random(4, 2, 3), t([[1, 1], [1, 2]], torch.int32)], {'targetLengths': [0, 2]}
    yield 'ctc', [random(3, 3, 3), t([[1, 1, 1], [1, 2, 1], [2, 2, 0]], torch.int32)], \
        {'targetLengths': [3, 3, 2], 'zeroInfinity': True}


def cases():
    for loss, operands, options in inputs():
        for reduction in ['mean', 'sum', 'none']:
            floats = [v.is_floating_point() and (i == 0 or loss in ('cosineEmbedding', 'contrastive', 'triplet')
                      and (i == 1 or loss == 'triplet')) for i, v in enumerate(operands)]
            given = [v.clone().requires_grad_(f) for v, f in zip(operands, floats)]
            told = {k: v.clone().requires_grad_(k == 'variance') if isinstance(v, torch.Tensor) else v
                    for k, v in options.items()}
            value = LOSSES[loss](*given, reduction, **told)
            weights = random(*value.shape)
            wanted = [v for v in given if v.requires_grad] + [v for k, v in told.items() if k == 'variance']
            found = list(torch.autograd.grad((value * weights).sum(), wanted))
            grads = [plain(found.pop(0)) if v.requires_grad else None for v in given]
            yield {'loss': loss, 'operands': [plain(v) for v in operands], 'options': {'reduction': reduction, **plain(options)},
                   'value': plain(value), 'weights': plain(weights), 'grads': grads,
                   'byVariance': plain(found[0]) if found else None}


figures = {'made': f'PyTorch {torch.__version__}, float64, make_more_losses.py', 'losses': list(cases())}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fixtures', 'more-losses.json')
with open(path, 'w') as file:
    json.dump(figures, file, separators=(',', ':'), allow_nan=False)
    file.write('\n')
print(os.path.getsize(path), 'bytes')
