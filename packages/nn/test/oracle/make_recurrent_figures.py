# Makes fixtures/recurrent.json: what PyTorch 1.13 (Debian bookworm's python3-torch, CPU, float64) gets for recurrent layers.
#
#     apt-get install python3-torch && /usr/bin/python3 make_recurrent_figures.py
#
# Each case has the options of the layer, its state dictionary, the input, the state before (or null), the lengths (or null,
# else run as a packed sequence), outputs and final states, and the gradients of Σ outputs · weights + Σ states · weights by
# the input, the state before and all parameters. Inputs are rounded to 3 decimals.
import json
import os

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
source = np.random.default_rng(1997)
KINDS = {'rnn': torch.nn.RNN, 'gru': torch.nn.GRU, 'lstm': torch.nn.LSTM}
CELLS = {'rnnCell': torch.nn.RNNCell, 'gruCell': torch.nn.GRUCell, 'lstmCell': torch.nn.LSTMCell}


def random(*shape):
    return torch.tensor(np.round(source.uniform(-1, 1, shape), 3))


def plain(v):
    return {'shape': list(v.shape), 'data': v.detach().reshape(-1).tolist()}


def fill(module):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(random(*p.shape))
    return module


def layer_case(kind, features, units, batch, steps, lengths=None, state=False, **options):
    made = {{'layers': 'num_layers', 'activation': 'nonlinearity'}.get(k, k): v for k, v in options.items()}
    layer = fill(KINDS[kind](features, units, batch_first=True, **made))
    x = random(batch, steps, features).requires_grad_(True)
    rows = options.get('layers', 1) * (2 if options.get('bidirectional') else 1)
    parts = 2 if kind == 'lstm' else 1
    before = [random(rows, batch, units).requires_grad_(True) for _ in range(parts)] if state else None
    given = None if before is None else (tuple(before) if kind == 'lstm' else before[0])
    if lengths is None:
        outputs, after = layer(x, given)
    else:
        packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
        ran, after = layer(packed, given)
        outputs, _ = pad_packed_sequence(ran, batch_first=True, total_length=steps)
    after = list(after) if kind == 'lstm' else [after]
    weights = [random(*v.shape) for v in [outputs, *after]]
    total = sum((v * w).sum() for v, w in zip([outputs, *after], weights))
    names, parameters = zip(*layer.named_parameters())
    grads = torch.autograd.grad(total, [x, *(before or []), *parameters])
    count = len(before or [])
    return {'kind': kind, 'features': features, 'units': units, 'options': options,
            'parameters': {n: plain(p) for n, p in zip(names, parameters)}, 'input': plain(x), 'lengths': lengths,
            'before': None if before is None else [plain(s) for s in before],
            'outputs': plain(outputs), 'after': [plain(s) for s in after], 'weights': [plain(w) for w in weights],
            'grads': {'input': plain(grads[0]), 'before': [plain(g) for g in grads[1:1 + count]],
                      'parameters': {n: plain(g) for n, g in zip(names, grads[1 + count:])}}}


def cell_case(kind, features, units, batch, state=True, **options):
    made = {'nonlinearity' if k == 'activation' else k: v for k, v in options.items()}
    cell = fill(CELLS[kind](features, units, **made))
    x = random(batch, features).requires_grad_(True)
    before = [random(batch, units) for _ in range(2 if kind == 'lstmCell' else 1)] if state else None
    after = cell(x, None if before is None else (tuple(before) if kind == 'lstmCell' else before[0]))
    after = list(after) if kind == 'lstmCell' else [after]
    weights = [random(*v.shape) for v in after]
    names, parameters = zip(*cell.named_parameters())
    grads = torch.autograd.grad(sum((v * w).sum() for v, w in zip(after, weights)), [x, *parameters])
    return {'kind': kind, 'features': features, 'units': units, 'options': options,
            'parameters': {n: plain(p) for n, p in zip(names, parameters)}, 'input': plain(x),
            'before': None if before is None else [plain(s) for s in before], 'after': [plain(s) for s in after],
            'weights': [plain(w) for w in weights],
            'grads': {'input': plain(grads[0]), 'parameters': {n: plain(g) for n, g in zip(names, grads[1:])}}}


layers = []
for kind in KINDS:
    layers.append(layer_case(kind, 3, 4, 2, 5))
    layers.append(layer_case(kind, 2, 3, 3, 4, state=True, layers=2))
    layers.append(layer_case(kind, 2, 3, 2, 4, state=True, layers=2, bidirectional=True))
    layers.append(layer_case(kind, 3, 2, 2, 3, bias=False))
    layers.append(layer_case(kind, 2, 3, 4, 5, lengths=[5, 2, 4, 1]))
    layers.append(layer_case(kind, 2, 3, 3, 5, lengths=[3, 5, 1], state=True, layers=2, bidirectional=True))
    layers.append(layer_case(kind, 1, 1, 1, 1))
layers.append(layer_case('rnn', 3, 4, 2, 5, activation='relu', layers=2))
cells = [cell_case(kind, 3, 4, 2) for kind in CELLS] + [cell_case(kind, 2, 3, 2, state=False, bias=False) for kind in CELLS]
cells.append(cell_case('rnnCell', 3, 4, 2, activation='relu'))
figures = {'made': f'PyTorch {torch.__version__}, float64, make_recurrent_figures.py', 'layers': layers, 'cells': cells}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fixtures', 'recurrent.json')
with open(path, 'w') as file:
    json.dump(figures, file, separators=(',', ':'))
    file.write('\n')
print(os.path.getsize(path), 'bytes')
