# Makes fixtures/figures.json: what PyTorch 1.13.0 (Debian bookworm's python3-torch, CPU, float64) gets for every op of ours
# that it has: values, gradients for a random cotangent, and for smooth ops gradients of those gradients.
#
#     apt-get install python3-torch && /usr/bin/python3 make_figures.py
#
# dictionary.py says our ops in PyTorch's words, cases.py says on what they are tried, this file runs them.
#
# One case:
#   op        the name of our function, and `args` what it is called with. A tensor stands as
#             { shape, data, dtype? } (float64 unless it says otherwise); anything else stands for itself.
#   call      the same call, for people: `softmax(float64[2,3], -1)`.
#   outputs   what it returns, as a list: one tensor, or all of them (split), or values and indices (sort, topK).
#             The dtype `any` marks values whose dtype PyTorch chooses by rules of its own.
#   weights   the cotangent g of every output; null for int32 and bool outputs.
#   grads     of Σ out · g, one for every float64 tensor of `args`, from left to right; absent where only values count.
#   weights2, grads2   the same once more, for Σ grads · weights2.
#   each      true where every single element must agree, however small it is beside its neighbours.
# NaN and ±Infinity are written as strings, numbers so that they read back to the same bits.
import json
import os
import sys
import warnings

import torch

sys.dont_write_bytecode = True

from cases import all_cases, random
from dictionary import ours

warnings.filterwarnings('ignore')
torch.set_num_threads(1)
NAMES = {torch.float64: 'float64', torch.float32: 'float32', torch.int32: 'int32', torch.int64: 'int64',
         torch.bool: 'bool'}


def number(v):
    if isinstance(v, float):
        if v != v:
            return 'NaN'
        if v in (float('inf'), float('-inf')):
            return 'Infinity' if v > 0 else '-Infinity'
        return int(v) if v == int(v) and abs(v) < 1e15 and not (v == 0 and str(v) == '-0.0') else v
    return v


def plain(v):
    """Anything a case holds, as JSON."""
    if isinstance(v, torch.Tensor):
        out = {'shape': list(v.shape), 'data': [number(e) for e in v.detach().reshape(-1).tolist()]}
        return out if v.dtype == torch.float64 else {**out, 'dtype': NAMES[v.dtype]}
    if isinstance(v, list):
        return [plain(e) for e in v]
    if isinstance(v, dict):
        return {k: plain(e) for k, e in v.items()}
    return number(v)


def spelled(v):
    if isinstance(v, torch.Tensor):
        return f"{NAMES[v.dtype]}[{','.join(map(str, v.shape))}]"
    if isinstance(v, list):
        return f"[{', '.join(spelled(e) for e in v)}]"
    if isinstance(v, dict):
        return '{ ' + ', '.join(f'{k}: {spelled(e)}' for k, e in v.items()) + ' }'
    return json.dumps(number(v)).replace('"', "'")


def leaves(v):
    """The float64 tensors of the arguments, from left to right."""
    if isinstance(v, torch.Tensor):
        return [v] if v.dtype == torch.float64 else []
    if isinstance(v, list):
        return [leaf for e in v for leaf in leaves(e)]
    return []


def run(case):
    op, args = case['op'], case['args']
    inputs = leaves(args)
    for x in inputs:
        x.requires_grad_(True)
    out = ours[op](*args)
    outputs = out if isinstance(out, list) else [out]
    record = {'op': op, 'call': f"{op}({', '.join(spelled(a) for a in args)})", 'args': plain(args),
              'outputs': plain(outputs)}
    if case.get('any_dtype'):
        for o in record['outputs']:
            o['dtype'] = 'any'
    if case.get('each'):
        record['each'] = True
    if not case.get('grad', True) or not any(o.requires_grad for o in outputs):
        return record
    weights = [random(o.shape) if o.is_floating_point() else None for o in outputs]
    total = sum((o * w).sum() for o, w in zip(outputs, weights) if w is not None)
    second = case.get('second', False)
    grads = torch.autograd.grad(total, inputs, create_graph=second)
    record['weights'], record['grads'] = plain(weights), plain(list(grads))
    if second:
        weights2 = [random(g.shape) for g in grads]
        total2 = sum((g * w).sum() for g, w in zip(grads, weights2))
        record['weights2'] = plain(weights2)
        record['grads2'] = plain(list(torch.autograd.grad(total2, inputs)))
    return record


if __name__ == '__main__':
    records = [run(case) for case in all_cases()]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fixtures', 'figures.json')
    with open(path, 'w') as file:
        lines = ',\n'.join(json.dumps(r, separators=(',', ':'), allow_nan=False) for r in records)
        file.write(f'{{"made":"PyTorch {torch.__version__}","cases":[\n{lines}\n]}}\n')
    names = {r['op'] for r in records}
    print(f"{len(records)} cases of {len(names)} ops, {sum('grads2' in r for r in records)} of second order, "
          f"{os.path.getsize(path) / 1000:.0f} kB; not covered: {sorted(set(ours) - names)}")
