# Makes fixtures/optimizers.json: what PyTorch 1.13.0 (Debian bookworm's python3-torch, CPU, float64) gets for the
# optimizers and the learning-rate schedules; where it has no such optimizer (lion, muon), NumPy 1.24 with the update as
# its authors published it. So for nadam too: 1.13 multiplies its product of momenta once too often by the last one (2.0
# does no longer), and keeps it in float32.
#
#     apt-get install python3-torch && /usr/bin/python3 make_optimizer_figures.py
#
# stream     three cells under a stream of 1000 gradients, and where they stand after some of the steps
# training   1000 full-batch steps of a small network: the loss before some of them, and the parameters at the end
# schedules  the factors of the learning rate in steps 0 … 200
# plateaus   the rates while a metric is watched
# clipping   gradients after their norm was clipped, and that norm
#
# Start, gradients, inputs and targets are whole numbers modulo a prime, divided: `number` below, and the same formula in
# optimizer-figures.ts. What our options mean in PyTorch's words is in `torch_options` and `groups_of`.
import json
import math
import os
import warnings

import numpy as np
import torch

warnings.filterwarnings('ignore')
torch.set_num_threads(1)

STEPS, SHOWN = 1000, [1, 2, 10, 100, 1000]
SHAPES = [[3, 2], [2, 2, 2], [2]]


def number(t, i):
    """−1.001 … 1.001 in thousandths; JavaScript computes the same bits."""
    return ((7919 * t + 1049 * i + 31 * t * i + t * t) % 2003 - 1001) / 1000


def tensor(shape, t, first=0):
    count = int(np.prod(shape))
    return torch.tensor([number(t, first + i) for i in range(count)], dtype=torch.float64).reshape(shape)


def cells(t):
    """Numbers for all cells, counted through."""
    firsts = np.cumsum([0] + [int(np.prod(shape)) for shape in SHAPES])
    return [tensor(shape, t, int(first)) for shape, first in zip(SHAPES, firsts)]


def plain(v):
    if isinstance(v, torch.Tensor):
        return {'shape': list(v.shape), 'data': v.detach().reshape(-1).tolist()}
    if isinstance(v, (list, tuple)):
        return [plain(e) for e in v]
    if isinstance(v, dict):
        return {k: plain(e) for k, e in v.items()}
    return v


# --- what PyTorch has not ----------------------------------------------------------------------------------------------

class Nadam:
    """Dozat 2016, Incorporating Nesterov momentum into Adam, with the momenta of its section on schedules."""

    def __init__(self, groups, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
        defaults = {'lr': lr, 'betas': betas, 'eps': eps, 'weight_decay': weight_decay, 'momentum_decay': momentum_decay}
        self.groups = [{**defaults, **g} for g in groups]
        self.state = {p: (np.zeros(tuple(p.shape)), np.zeros(tuple(p.shape)), 1.0) for g in self.groups for p in g['params']}
        self.t = 0

    def step(self):
        self.t += 1
        for group in self.groups:
            beta1, beta2 = group['betas']
            mu, ahead = [beta1 * (1 - 0.5 * 0.96 ** (t * group['momentum_decay'])) for t in (self.t, self.t + 1)]
            for p in group['params']:
                x = p.detach().numpy()
                g = p.grad.numpy() + group['weight_decay'] * x
                m, n, product = self.state[p]
                m, n, product = beta1 * m + (1 - beta1) * g, beta2 * n + (1 - beta2) * g * g, product * mu
                self.state[p] = m, n, product
                m_bar = (1 - mu) * g / (1 - product) + ahead * m / (1 - product * ahead)
                n_hat = n / (1 - beta2 ** self.t)
                p.data = torch.from_numpy(np.asarray(x - group['lr'] * m_bar / (np.sqrt(n_hat) + group['eps'])))


class Lion:
    """Chen et al. 2023, Symbolic Discovery of Optimization Algorithms, program 1."""

    def __init__(self, groups, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        self.groups = [{'lr': lr, 'betas': betas, 'weight_decay': weight_decay, **g} for g in groups]
        self.mean = {p: np.zeros(tuple(p.shape)) for g in self.groups for p in g['params']}

    def step(self):
        for g in self.groups:
            beta1, beta2 = g['betas']
            for p in g['params']:
                x, grad, m = p.detach().numpy(), p.grad.numpy(), self.mean[p]
                update = np.sign(beta1 * m + (1 - beta1) * grad)
                self.mean[p] = beta2 * m + (1 - beta2) * grad
                p.data = torch.from_numpy(np.asarray(x - g['lr'] * (update + g['weight_decay'] * x)))


def newton_schulz(g, iterations):
    """Jordan 2024, Muon: five steps of x ← ax + (bA + cA²)x, A = xxᵀ, from g/‖g‖."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (np.sqrt(np.sum(g * g)) + 1e-7)
    if g.shape[0] > g.shape[1]:
        x = x.T
    for _ in range(iterations):
        s = x @ x.T
        x = a * x + (b * s + c * (s @ s)) @ x
    return x.T if g.shape[0] > g.shape[1] else x


class Muon:
    """Jordan 2024, Muon: An optimizer for hidden layers in neural networks; AdamW for what is no matrix."""

    def __init__(self, parameters, lr=0.02, momentum=0.95, nesterov=True, iterations=5, weight_decay=0.0, adamW=None):
        self.weights = [p for p in parameters if p.dim() > 1]
        self.options = (lr, momentum, nesterov, iterations, weight_decay)
        self.buffer = {p: np.zeros(tuple(p.shape)) for p in self.weights}
        rest = {'lr': 3e-4, **torch_options(adamW or {})}
        self.others = torch.optim.AdamW([p for p in parameters if p.dim() < 2], **{**rest, 'weight_decay': 0})

    def step(self):
        lr, momentum, nesterov, iterations, decay = self.options
        for p in self.weights:
            x, grad = p.detach().numpy(), p.grad.numpy()
            buffer = self.buffer[p] = momentum * self.buffer[p] + grad
            update = grad + momentum * buffer if nesterov else buffer
            update = newton_schulz(update.reshape(len(update), -1), iterations)
            update = update * max(1, update.shape[0] / update.shape[1]) ** 0.5
            p.data = torch.from_numpy((1 - lr * decay) * x - lr * update.reshape(x.shape))
        self.others.step()


# --- optimizers --------------------------------------------------------------------------------------------------------

NAMES = {'epsilon': 'eps', 'weightDecay': 'weight_decay', 'momentumDecay': 'momentum_decay', 'lrDecay': 'lr_decay',
         'initialAccumulator': 'initial_accumulator_value'}
OPTIMIZERS = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam, 'adamW': torch.optim.AdamW,
              'nadam': Nadam, 'radam': torch.optim.RAdam, 'rmsprop': torch.optim.RMSprop,
              'adagrad': torch.optim.Adagrad, 'adadelta': torch.optim.Adadelta, 'lion': Lion}
RUNS = [
    ('sgd', {'lr': 0.1}),
    ('sgd', {'lr': 0.05, 'momentum': 0.9, 'nesterov': True, 'weightDecay': 0.02}),
    ('sgd', {'lr': 0.05, 'momentum': 0.8, 'dampening': 0.3, 'weightDecay': 0.05, 'decayBiases': True}),
    ('adam', {}),
    ('adam', {'lr': 0.02, 'betas': [0.8, 0.95], 'epsilon': 0.001, 'weightDecay': 0.1}),
    ('adam', {'lr': 0.02, 'amsgrad': True}),
    ('adamW', {'lr': 0.02, 'weightDecay': 0.2}),
    ('adamW', {'lr': 0.02, 'betas': [0.85, 0.9], 'amsgrad': True, 'decayBiases': True}),
    ('nadam', {}),
    ('nadam', {'lr': 0.02, 'betas': [0.8, 0.95], 'momentumDecay': 0.01, 'weightDecay': 0.1}),
    ('radam', {}),
    ('radam', {'lr': 0.02, 'betas': [0.8, 0.95], 'epsilon': 0.001, 'weightDecay': 0.1}),
    ('rmsprop', {}),
    ('rmsprop', {'lr': 0.02, 'alpha': 0.9, 'epsilon': 0.001, 'weightDecay': 0.1}),
    ('rmsprop', {'lr': 0.01, 'momentum': 0.9}),
    ('rmsprop', {'lr': 0.01, 'centered': True, 'momentum': 0.5, 'weightDecay': 0.02}),
    ('adagrad', {}),
    ('adagrad', {'lr': 0.1, 'lrDecay': 0.01, 'initialAccumulator': 0.5, 'weightDecay': 0.1}),
    ('adadelta', {}),
    ('adadelta', {'lr': 2, 'rho': 0.95, 'epsilon': 0.0001, 'weightDecay': 0.1}),
    ('lion', {'lr': 0.01}),
    ('lion', {'lr': 0.003, 'betas': [0.95, 0.98], 'weightDecay': 0.5}),
    ('muon', {}),
    ('muon', {'lr': 0.05, 'momentum': 0.8, 'nesterov': False, 'iterations': 4, 'weightDecay': 0.1, 'adamW': {'lr': 0.01}}),
    ('sgd', [{'lr': 0.1, 'weightDecay': 0.1}, {}, {'momentum': 0}], {'lr': 0.03, 'momentum': 0.9}),
    ('adam', [{'lr': 0.1}, {'betas': [0.5, 0.9]}, {'epsilon': 0.1, 'weightDecay': 0.1, 'decayBiases': True}], {'lr': 0.01}),
]


def torch_options(options):
    return {NAMES.get(k, k): tuple(v) if isinstance(v, list) else v for k, v in options.items() if k != 'decayBiases'}


def groups_of(name, parameters, options):
    """Weight decay is for weights, not for biases, unless `decayBiases`: two groups in PyTorch's words."""
    decay = options.get('weightDecay', 0.01 if name == 'adamW' else 0)
    own = torch_options(options)
    weights = {'params': [p for p in parameters if p.dim() > 1], **own}
    biases = {'params': [p for p in parameters if p.dim() < 2], **own,
              'weight_decay': decay if options.get('decayBiases') else 0}
    return [group for group in (weights, biases) if group['params']]


def make(name, parameters, options, groups=None):
    if name == 'muon':
        return Muon(parameters, **torch_options(options))
    if groups is not None:
        made = [g for p, own in zip(parameters, groups) for g in groups_of(name, [p], {**options, **own})]
    else:
        made = groups_of(name, parameters, options)
    # What constructors insist on, although every group has it: SGD on a rate, Adagrad on where its sums begin.
    own = {'sgd': {'lr': 1}, 'adagrad': {k: v for k, v in torch_options(options).items() if k.startswith('initial')}}
    return OPTIMIZERS[name](made, **own.get(name, {}))


def stream():
    for name, *options in RUNS:
        groups = options[0] if len(options) == 2 else None
        parameters = [x.clone().requires_grad_(True) for x in cells(0)]
        optimizer = make(name, parameters, options[-1], groups)
        after = {}
        for step in range(1, STEPS + 1):
            for x, g in zip(parameters, cells(step)):
                x.grad = g.clone()
            optimizer.step()
            if step in SHOWN:
                after[str(step)] = [x.detach().reshape(-1).tolist() for x in parameters]
        yield {'optimizer': name, 'options': options[-1], **({'groups': groups} if groups else {}), 'after': after}


# --- training ----------------------------------------------------------------------------------------------------------

TRAININGS = [
    ('sgd', {'lr': 0.1, 'momentum': 0.9, 'nesterov': True}), ('adam', {'lr': 0.01, 'amsgrad': True}),
    ('adamW', {'lr': 0.01}), ('nadam', {'lr': 0.005}), ('radam', {'lr': 0.01}),
    ('rmsprop', {'lr': 0.001, 'centered': True}), ('adagrad', {'lr': 0.1}), ('adadelta', {'lr': 0.2, 'epsilon': 0.0001}),
    ('lion', {'lr': 0.001, 'weightDecay': 0.1}), ('muon', {'lr': 0.002, 'adamW': {'lr': 0.01}}),
]
ROWS, SIZES = 7, [3, 4, 2]


def training():
    for name, options in TRAININGS:
        inner, outer = [torch.nn.Linear(a, b, dtype=torch.float64) for a, b in zip(SIZES, SIZES[1:])]
        model = torch.nn.Sequential(inner, torch.nn.Tanh(), outer)
        model.load_state_dict({k: tensor(list(v.shape), n) for n, (k, v) in enumerate(model.state_dict().items())})
        x, y = tensor([ROWS, SIZES[0]], 11), tensor([ROWS, SIZES[-1]], 12)
        parameters = list(model.parameters())
        optimizer = make(name, parameters, options)
        losses = {}
        for step in range(1, STEPS + 1):
            model.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            if step in SHOWN:
                losses[str(step)] = loss.item()
        yield {'optimizer': name, 'options': options, 'losses': losses, 'trained': plain(dict(model.state_dict()))}


# --- schedules ---------------------------------------------------------------------------------------------------------

S = torch.optim.lr_scheduler
SCHEDULES = [
    ('stepDecay', [30], lambda o: S.StepLR(o, 30)),
    ('stepDecay', [7, 0.9], lambda o: S.StepLR(o, 7, 0.9)),
    ('multiStepDecay', [[30, 80, 81], 0.5], lambda o: S.MultiStepLR(o, [30, 80, 81], 0.5)),
    ('exponentialDecay', [0.98], lambda o: S.ExponentialLR(o, 0.98)),
    ('cosineDecay', [200], lambda o: S.CosineAnnealingLR(o, 200)),
    ('cosineDecay', [200, {'final': 0.1}], lambda o: S.CosineAnnealingLR(o, 200, eta_min=0.1)),
    ('cosineRestarts', [30], lambda o: S.CosineAnnealingWarmRestarts(o, 30)),
    ('cosineRestarts', [10, {'growth': 2, 'final': 0.01}], lambda o: S.CosineAnnealingWarmRestarts(o, 10, 2, 0.01)),
    ('cosineRestarts', [1, {'growth': 3}], lambda o: S.CosineAnnealingWarmRestarts(o, 1, 3)),
    ('linearWarmup', [50, {'start': 0.25}], lambda o: S.LinearLR(o, 0.25, 1, 50)),
    ('polynomialDecay', [150], lambda o: S.PolynomialLR(o, 150)),
    ('polynomialDecay', [150, {'power': 2.5}], lambda o: S.PolynomialLR(o, 150, 2.5)),
    ('oneCycle', [201], lambda o: S.OneCycleLR(o, 1, 201, cycle_momentum=False)),
    ('oneCycle', [201, {'anneal': 'linear', 'pctStart': 0.4, 'divFactor': 10, 'finalDivFactor': 100}],
     lambda o: S.OneCycleLR(o, 1, 201, pct_start=0.4, anneal_strategy='linear', cycle_momentum=False, div_factor=10,
                            final_div_factor=100)),
    ('oneCycle', [201, {'threePhase': True}], lambda o: S.OneCycleLR(o, 1, 201, cycle_momentum=False, three_phase=True)),
    ('joinSchedules', [[['constantSchedule', 0.5, 40], ['constantSchedule']]], lambda o: S.ConstantLR(o, 0.5, 40)),
    ('joinSchedules', [[['constantSchedule', 0.1], ['exponentialDecay', 0.9]], [20]],
     lambda o: S.SequentialLR(o, [S.ConstantLR(o, 0.1, 20), S.ExponentialLR(o, 0.9)], milestones=[20])),
    ('chainSchedules', [['linearWarmup', 60, {'start': 0.5}], ['exponentialDecay', 0.95]],
     lambda o: S.ChainedScheduler([S.LinearLR(o, 0.5, 1, 60), S.ExponentialLR(o, 0.95)])),
]


def schedules():
    for name, arguments, make_scheduler in SCHEDULES:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
        scheduler = make_scheduler(optimizer)
        factors = []
        for step in range(201):
            factors.append(optimizer.param_groups[0]['lr'])
            optimizer.step()
            if step < 200:
                scheduler.step()
        yield {'schedule': name, 'arguments': arguments, 'factors': factors}


PLATEAUS = [
    ({'patience': 3}, {'patience': 3}),
    ({'patience': 2, 'factor': 0.5, 'cooldown': 4, 'minLr': 0.01}, {'patience': 2, 'factor': 0.5, 'cooldown': 4, 'min_lr': 0.01}),
    ({'patience': 0, 'factor': 0.8, 'mode': 'max', 'threshold': 0.1},
     {'patience': 0, 'factor': 0.8, 'mode': 'max', 'threshold': 0.1}),
    ({'patience': 1, 'factor': 0.9, 'threshold': 0.2, 'thresholdMode': 'absolute'},
     {'patience': 1, 'factor': 0.9, 'threshold': 0.2, 'threshold_mode': 'abs'}),
]


def plateaus():
    for options, torch_words in PLATEAUS:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
        scheduler = S.ReduceLROnPlateau(optimizer, eps=0, **torch_words)
        rates = []
        for step in range(60):
            scheduler.step(2 + number(step, 0) + 1 / (1 + step))
            rates.append(optimizer.param_groups[0]['lr'])
        yield {'options': options, 'rates': rates}


def clipping():
    for norm in [2, 1, 3, math.inf]:
        parameters = [x.clone().requires_grad_(True) for x in cells(0)]
        for x, g in zip(parameters, cells(1)):
            x.grad = g.clone()
        total = torch.nn.utils.clip_grad_norm_(parameters, math.inf, norm)
        yield {'norm': 'Infinity' if norm == math.inf else norm, 'total': total.item()}


if __name__ == '__main__':
    figures = {'made': f'PyTorch {torch.__version__}, NumPy {np.__version__}', 'stream': list(stream()),
               'training': list(training()), 'schedules': list(schedules()), 'plateaus': list(plateaus()),
               'clipping': list(clipping())}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fixtures', 'optimizers.json')
    lines = ',\n'.join(f'"{key}":{json.dumps(value, separators=(",", ":"), allow_nan=False)}'.replace('},{"', '},\n{"')
                       for key, value in figures.items())
    with open(path, 'w') as file:
        file.write('{' + lines + '}\n')
    print(', '.join(f'{len(value)} {key}' for key, value in figures.items() if key != 'made'),
          f'{os.path.getsize(path) / 1000:.0f} kB')
