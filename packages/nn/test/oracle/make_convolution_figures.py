# Makes fixtures/convolution.json: what PyTorch 1.13.0 (Debian bookworm's python3-torch, CPU, float64) gets for convolutions,
# transposed convolutions, pools and upsampling.
#
#     apt-get install python3-torch && /usr/bin/python3 make_convolution_figures.py
#
# Each case names our layer, what it is made with, its state and its input, and holds its output and the gradients of
# Σ output · weights by the input and by each cell of the state. A tensor stands as { shape, data }; what our options mean in
# PyTorch's words is in the functions below. Inputs have three decimals.
import json
import os
import warnings

import numpy as np
import torch
import torch.nn.functional as F

warnings.filterwarnings('ignore')
torch.set_num_threads(1)
source = np.random.default_rng(1998)


def random(shape, low=-2.0, high=2.0):
    values = np.round(source.uniform(low, high, tuple(shape)), 3)
    return torch.tensor(values, dtype=torch.float64)


def plain(v):
    return {'shape': list(v.shape), 'data': v.detach().reshape(-1).tolist()}


def case(layer, args, options, run, x, state=None):
    """Runs `run(x, **state)` and differentiates it."""
    state = state or {}
    leaves = {'input': x, **state}
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    output = run(x, **state)
    weights = random(output.shape)
    grads = torch.autograd.grad((output * weights).sum(), list(leaves.values()))
    return {'layer': layer, 'args': args, 'options': options, 'input': plain(x),
            'state': {name: plain(cell) for name, cell in state.items()},
            'output': plain(output), 'weights': plain(weights),
            'grads': {name: plain(g) for name, g in zip(leaves, grads)}}


def per_axis(value, rank):
    return (value,) * rank if isinstance(value, int) else tuple(value)


def padded(x, padding, rank):
    """Widths [before, after] for some axes, which F.conv can't take: pads first. F.pad begins at the last axis."""
    if isinstance(padding, (int, str)) or all(isinstance(p, int) for p in padding):
        return x, padding
    pairs = [(p, p) if isinstance(p, int) else tuple(p) for p in padding]
    return F.pad(x, [width for pair in reversed(pairs) for width in pair]), 0


def conv(rank, shape, units, kernel, options):
    groups = options.get('groups', 1)
    x = random(shape)
    state = {'weight': random([units, shape[1] // groups, *per_axis(kernel, rank)])}
    if options.get('bias', True):
        state['bias'] = random([units])
    f = F.conv1d if rank == 1 else F.conv2d

    def run(x, weight, bias=None):
        wide, padding = padded(x, options.get('padding', 0), rank)
        return f(wide, weight, bias, options.get('stride', 1), padding, options.get('dilation', 1), groups)

    return case(f'conv{rank}d', [shape[1], units, kernel], options, run, x, state)


def conv_transpose(rank, shape, units, kernel, options):
    groups = options.get('groups', 1)
    x = random(shape)
    state = {'weight': random([shape[1], units // groups, *per_axis(kernel, rank)])}
    if options.get('bias', True):
        state['bias'] = random([units])
    f = F.conv_transpose1d if rank == 1 else F.conv_transpose2d

    def run(x, weight, bias=None):
        return f(x, weight, bias, options.get('stride', 1), options.get('padding', 0),
                 options.get('outputPadding', 0), groups, options.get('dilation', 1))

    return case(f'convTranspose{rank}d', [shape[1], units, kernel], options, run, x, state)


def distinct(shape):
    """No two elements alike, so that the largest is one alone."""
    count = int(np.prod(shape))
    return torch.tensor((source.permutation(count) / 10.0 - count / 20.0).reshape(shape), dtype=torch.float64)


def max_pool(rank, shape, size, options):
    f = F.max_pool1d if rank == 1 else F.max_pool2d

    def run(x):
        return f(x, size, options.get('stride'), options.get('padding', 0), options.get('dilation', 1))

    return case(f'maxPool{rank}d', [size], options, run, distinct(shape))


def average_pool(rank, shape, size, options):
    f = F.avg_pool1d if rank == 1 else F.avg_pool2d

    def run(x):
        return f(x, size, options.get('stride'), options.get('padding', 0),
                 count_include_pad=options.get('countIncludePad', True))

    return case(f'averagePool{rank}d', [size], options, run, random(shape))


def global_pool(layer, shape, options):
    def run(x):
        axes = tuple(range(2, x.dim()))
        f = torch.mean if layer == 'globalAveragePool' else torch.amax
        return f(x, dim=axes, keepdim=options.get('keepDims', False))

    return case(layer, [], options, run, distinct(shape))


def upsample(shape, scale, options):
    mode = options.get('mode', 'nearest')
    corners = options.get('alignCorners', False) if mode != 'nearest' else None

    def run(x):
        return F.interpolate(x, scale_factor=scale, mode=mode, align_corners=corners)

    return case('upsample', [scale], options, run, random(shape))


def cases():
    for options in [{}, {'stride': 2}, {'padding': 2}, {'padding': 'same'}, {'padding': 'valid', 'bias': False},
                    {'dilation': 2, 'padding': 'same'}, {'groups': 2, 'padding': 1},
                    {'stride': 3, 'padding': [[1, 2]], 'dilation': 2, 'groups': 2}]:
        yield conv(1, [2, 4, 9], 6, 3, options)
    yield conv(1, [1, 1, 5], 1, 5, {})
    yield conv(1, [2, 3, 4], 2, 1, {'stride': 3})
    yield conv(1, [0, 2, 5], 3, 2, {})
    yield conv(1, [2, 2, 6], 3, 4, {'padding': 'same'})

    for options in [{}, {'stride': 2}, {'stride': [1, 2], 'padding': [2, 1]}, {'padding': 'same'},
                    {'padding': [[0, 1], 2], 'bias': False}, {'dilation': [1, 2], 'padding': 'same'},
                    {'groups': 2}, {'groups': 4, 'padding': 1}, {'stride': 4},
                    {'stride': [2, 1], 'padding': 1, 'dilation': [2, 1], 'groups': 2}]:
        yield conv(2, [2, 4, 5, 4], 4, [3, 2], options)
    yield conv(2, [3, 1, 4, 4], 2, 4, {})
    yield conv(2, [2, 3, 3, 3], 5, 1, {})
    yield conv(2, [0, 2, 5, 5], 3, 3, {'padding': 1})
    yield conv(2, [1, 2, 5, 5], 3, 2, {'padding': 3})

    for options in [{}, {'stride': 2}, {'stride': 3, 'padding': 2}, {'stride': 2, 'outputPadding': 1, 'padding': 1},
                    {'dilation': 2, 'bias': False}, {'groups': 2, 'stride': 2},
                    {'stride': 2, 'dilation': 3, 'outputPadding': 2, 'padding': 2}]:
        yield conv_transpose(1, [2, 4, 5], 6, 3, options)
    for options in [{}, {'stride': 2}, {'stride': [2, 3], 'padding': [1, 0], 'outputPadding': [1, 2]},
                    {'dilation': [2, 1], 'bias': False}, {'groups': 2}, {'groups': 4, 'stride': 2, 'padding': 1}]:
        yield conv_transpose(2, [2, 4, 2, 3], 4, [3, 2], options)
    yield conv_transpose(2, [2, 1, 1, 1], 3, 1, {})
    yield conv_transpose(2, [0, 2, 3, 3], 1, 2, {'stride': 2})

    for options in [{}, {'stride': 1}, {'padding': 1}, {'dilation': 2, 'stride': 1}, {'stride': 5}]:
        yield max_pool(1, [2, 2, 9], 3, options)
    for options in [{}, {'stride': 1}, {'stride': [2, 1], 'padding': [1, 0]}, {'dilation': [1, 2], 'padding': 1}]:
        yield max_pool(2, [2, 2, 5, 6], [3, 2], options)
    yield max_pool(2, [1, 1, 4, 4], 4, {})
    for options in [{}, {'stride': 1}, {'padding': 1}, {'padding': 1, 'countIncludePad': False}]:
        yield average_pool(1, [2, 2, 9], 3, options)
    for options in [{}, {'stride': 1}, {'stride': [2, 1], 'padding': [1, 1]},
                    {'stride': [2, 3], 'padding': [1, 0], 'countIncludePad': False}]:
        yield average_pool(2, [2, 2, 5, 6], [3, 2], options)
    for layer in ['globalAveragePool', 'globalMaxPool']:
        for shape in [[2, 3, 5], [2, 3, 2, 4]]:
            yield global_pool(layer, shape, {})
        yield global_pool(layer, [1, 2, 3, 3], {'keepDims': True})

    for scale in [2, 3, 1.5, 0.5]:
        yield upsample([2, 2, 6], scale, {})
        yield upsample([2, 2, 6], scale, {'mode': 'linear'})
    for scale in [2, [2, 3], [1.5, 1]]:
        yield upsample([2, 2, 4, 3], scale, {})
        yield upsample([2, 2, 4, 3], scale, {'mode': 'bilinear'})
        yield upsample([2, 2, 4, 3], scale, {'mode': 'bilinear', 'alignCorners': True})
    yield upsample([1, 1, 1, 1], 3, {'mode': 'bilinear'})
    yield upsample([1, 1, 1, 1], 1, {'mode': 'bilinear', 'alignCorners': True})


figures = {'made': f'PyTorch {torch.__version__}, float64', 'cases': list(cases())}
path = os.path.join(os.path.dirname(__file__), 'fixtures', 'convolution.json')
with open(path, 'w') as file:
    json.dump(figures, file, separators=(',', ':'), ensure_ascii=False)
    file.write('\n')
print(len(figures['cases']), 'cases,', os.path.getsize(path), 'bytes')
