# Makes fixtures/figures.json: what PyTorch 1.13.0 (Debian bookworm's python3-torch, CPU, float64) gets for the losses, a
# dense layer and the training of small networks.
#
#     apt-get install python3-torch && /usr/bin/python3 make_figures.py
#
# losses      `loss(prediction, target, options)`, its value, and the gradient of Σ value · weights by the prediction
# dense       a layer's output, and the gradients of Σ output · weights by input, weight and bias
# training    20 full-batch steps from given parameters: the loss before each step, and the parameters at the end
#
# A tensor stands as { shape, data, dtype? } (float64 unless it says otherwise), numbers so that they read back to the
# same bits. What our names and options mean in PyTorch's words is in `LOSSES`, `OPTIMIZERS` and `decaying`.
import json
import os
import warnings

import numpy as np
import torch
import torch.nn.functional as F

warnings.filterwarnings('ignore')
torch.set_num_threads(1)
source = np.random.default_rng(1986)


def t(values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype)


def random(shape, low=-2.0, high=2.0):
    return t(np.round(source.uniform(low, high, tuple(shape)), 3).tolist()).reshape(tuple(shape))


def probabilities(rows, classes):
    """Rows that sum to 1 up to rounding."""
    return torch.softmax(random([rows, classes]), 1)


def plain(v):
    if isinstance(v, torch.Tensor):
        out = {'shape': list(v.shape), 'data': v.detach().reshape(-1).tolist()}
        return out if v.dtype == torch.float64 else {**out, 'dtype': 'int32'}
    if isinstance(v, (list, tuple)):
        return [plain(e) for e in v]
    if isinstance(v, dict):
        return {k: plain(e) for k, e in v.items()}
    return v


# --- losses ----------------------------------------------------------------------------------------------------------

def half_squared_error(p, y, reduction):
    """J = ½‖a − y‖² of each row; the mean is over rows."""
    rows = 0.5 * (p - y).square().sum(dim=tuple(range(1, p.dim())))
    return {'none': rows, 'sum': rows.sum(), 'mean': rows.mean()}[reduction]


def cross_entropy(p, y, reduction, labelSmoothing=0.0, classWeights=None):
    y = y if y.is_floating_point() else y.long()
    return F.cross_entropy(p, y, weight=classWeights, reduction=reduction, label_smoothing=labelSmoothing)


def kl_divergence(p, y, reduction):
    """Σ_c y (log y − p) of each row; PyTorch calls the mean over rows `batchmean` and has no `none` by rows."""
    if reduction == 'none':
        return F.kl_div(p, y, reduction='none').sum(1)
    return F.kl_div(p, y, reduction='batchmean' if reduction == 'mean' else 'sum')


LOSSES = {
    'mse': lambda p, y, reduction: F.mse_loss(p, y, reduction=reduction),
    'halfSquaredError': half_squared_error,
    'mae': lambda p, y, reduction: F.l1_loss(p, y, reduction=reduction),
    'huber': lambda p, y, reduction, delta=1.0: F.huber_loss(p, y, reduction=reduction, delta=delta),
    'crossEntropy': cross_entropy,
    'binaryCrossEntropy': lambda p, y, reduction: F.binary_cross_entropy_with_logits(p, y, reduction=reduction),
    'nll': lambda p, y, reduction: F.nll_loss(p, y.long(), reduction=reduction),
    'klDivergence': kl_divergence,
}


def loss_inputs():
    """(loss, prediction, target, options), each to be tried with the three reductions."""
    for loss in ['mse', 'mae', 'huber']:
        for shape in [[4, 3], [5], [4, 1], [1], []]:
            yield loss, random(shape), random(shape), {}
    yield 'mse', t([1e150, 1e-150]), t([-1e150, 0]), {}
    yield 'mae', t([1, 2, -3]), t([1, 5, -3]), {}
    yield 'huber', random([3, 2], -3, 3), random([3, 2]), {'delta': 0.5}
    yield 'huber', t([0.5, 0, -1e6]), t([0, 0, 1e6]), {'delta': 2}
    for shape in [[4, 3], [4, 1], [1, 3]]:
        yield 'halfSquaredError', random(shape), random(shape), {}

    labels, weights = t([2, 0, 1, 2], torch.int32), t([0.5, 2, 1.25])
    for target in [labels, probabilities(4, 3)]:
        yield 'crossEntropy', random([4, 3]), target, {}
        yield 'crossEntropy', random([4, 3]), target, {'labelSmoothing': 0.1}
        yield 'crossEntropy', random([4, 3]), target, {'classWeights': weights}
        yield 'crossEntropy', random([4, 3]), target, {'labelSmoothing': 0.2, 'classWeights': weights}
    yield 'crossEntropy', t([[1000, 0, -1000], [-1000, 1000, 999]]), t([2, 1], torch.int32), {}
    yield 'crossEntropy', t([[50, 0, -50], [-800, 10, 9]]), t([[1, 0, 0], [0, 0.25, 0.75]]), {}
    yield 'crossEntropy', random([1, 4]), t([3], torch.int32), {}
    yield 'crossEntropy', random([2, 1]), t([0, 0], torch.int32), {}

    for shape in [[4], [4, 1], [4, 3], [1, 1]]:
        yield 'binaryCrossEntropy', random(shape), (random(shape) > 0).double(), {}
    yield 'binaryCrossEntropy', random([3]), t([0, 0.25, 0.9]), {}
    yield 'binaryCrossEntropy', t([-800, -100, 0, 100, 800]), t([1, 0, 0.5, 0, 1]), {}

    yield 'nll', torch.log_softmax(random([4, 3]), 1), labels, {}
    yield 'nll', random([1, 2]), t([1], torch.int32), {}
    yield 'klDivergence', torch.log_softmax(random([4, 3]), 1), probabilities(4, 3), {}
    yield 'klDivergence', torch.log_softmax(random([2, 3]), 1), t([[0, 1, 0], [0.5, 0, 0.5]]), {}


def losses():
    for loss, prediction, target, options in loss_inputs():
        for reduction in ['mean', 'sum', 'none']:
            p = prediction.clone().requires_grad_(True)
            value = LOSSES[loss](p, target, reduction, **options)
            weights = random(value.shape)
            gradient, = torch.autograd.grad((value * weights).sum(), p)
            yield {'loss': loss, 'prediction': plain(p), 'target': plain(target),
                   'options': {'reduction': reduction, **plain(options)},
                   'value': plain(value), 'weights': plain(weights), 'grad': plain(gradient)}


# --- options ---------------------------------------------------------------------------------------------------------

NAMES = {'lr': 'lr', 'momentum': 'momentum', 'nesterov': 'nesterov', 'dampening': 'dampening', 'betas': 'betas',
         'epsilon': 'eps', 'weightDecay': 'weight_decay'}
OPTIMIZERS = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam, 'adamW': torch.optim.AdamW}


def torch_options(options):
    return {NAMES[k]: tuple(v) if isinstance(v, list) else v for k, v in options.items()}


# --- layers and training ---------------------------------------------------------------------------------------------

def dense():
    for rows in [4, 1]:
        x, weight, bias = random([rows, 3]), random([2, 3]), random([2])
        inputs = [v.requires_grad_(True) for v in (x, weight, bias)]
        output = F.linear(*inputs)
        weights = random(output.shape)
        grads = torch.autograd.grad((output * weights).sum(), inputs)
        yield {'input': plain(x), 'weight': plain(weight), 'bias': plain(bias), 'output': plain(output),
               'weights': plain(weights), 'grads': plain(dict(zip(['input', 'weight', 'bias'], grads)))}


def network(sizes, activations):
    """The items that our `sequential` takes, in its order, so that the names in the state are the same."""
    items = []
    for n, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:])):
        items.append(torch.nn.Linear(fan_in, fan_out, dtype=torch.float64))
        if n < len(activations):
            items.append({'tanh': torch.nn.Tanh, 'sigmoid': torch.nn.Sigmoid, 'relu': torch.nn.ReLU}[activations[n]]())
    return torch.nn.Sequential(*items)


def decaying(model, options):
    """Weight decay is for weights, not for biases: two groups in PyTorch's words."""
    weights = [p for p in model.parameters() if p.dim() > 1]
    biases = [p for p in model.parameters() if p.dim() == 1]
    return [{'params': weights, **options}, {'params': biases, **options, 'weight_decay': 0}]


TRAININGS = [
    ([3, 5, 4, 2], ['tanh', 'sigmoid'], 'mse', 'sgd', {'lr': 0.2, 'momentum': 0.9}),
    ([3, 6, 3], ['relu'], 'crossEntropy', 'adam', {'lr': 0.05}),
    ([2, 4, 1], ['tanh'], 'binaryCrossEntropy', 'sgd', {'lr': 0.5, 'weightDecay': 0.03}),
    ([3, 4, 2], ['sigmoid'], 'halfSquaredError', 'adamW', {'lr': 0.03, 'weightDecay': 0.1}),
]


def training():
    for sizes, activations, loss, name, options in TRAININGS:
        rows = 7
        model = network(sizes, activations)
        state = {k: random(v.shape, -1, 1) for k, v in model.state_dict().items()}
        model.load_state_dict(state)
        x = random([rows, sizes[0]])
        y = random([rows, sizes[-1]])
        if loss == 'crossEntropy':
            y = t([n % sizes[-1] for n in range(rows)], torch.int32)
        if loss == 'binaryCrossEntropy':
            y = (y > 0).double()
        optimizer = OPTIMIZERS[name](decaying(model, torch_options(options)))
        values = []
        for _ in range(20):
            optimizer.zero_grad()
            value = LOSSES[loss](model(x), y, 'mean')
            value.backward()
            optimizer.step()
            values.append(value.item())
        yield {'sizes': sizes, 'activations': activations, 'loss': loss, 'optimizer': name, 'options': options,
               'input': plain(x), 'target': plain(y), 'state': plain(state), 'losses': values,
               'trained': plain({k: v.clone() for k, v in model.state_dict().items()})}


if __name__ == '__main__':
    figures = {'made': f'PyTorch {torch.__version__}', 'losses': list(losses()), 'dense': list(dense()),
               'training': list(training())}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fixtures', 'figures.json')
    with open(path, 'w') as file:
        file.write(json.dumps(figures, separators=(',', ':'), allow_nan=False).replace('},{"loss"', '},\n{"loss"') + '\n')
    print(f"{len(figures['losses'])} losses, {len(figures['training'])} trainings, {os.path.getsize(path) / 1000:.0f} kB")
