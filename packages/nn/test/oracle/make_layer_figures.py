# Makes fixtures/layers.json: what PyTorch 1.13.0 (Debian bookworm's python3-torch, CPU, float64) gets for normalisation,
# embedding, attention and transformer layers. RMS normalisation, which that version lacks, is the published formula
# (B. Zhang, R. Sennrich, 2019), differentiated by PyTorch.
#
#     apt-get install python3-torch && /usr/bin/python3 make_layer_figures.py
#
# One entry for each call of a layer: the factory and its arguments, the state before, the inputs, the output, the gradients
# of Σ output · weights by the floating inputs and by all parameters, and the buffers after. A tensor stands as
# { shape, data, dtype? } (float64 unless it says otherwise).
import json
import os
import warnings

import numpy as np
import torch
from torch import nn

warnings.filterwarnings('ignore')
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
source = np.random.default_rng(2017)


def random(*shape):
    return torch.tensor(np.round(source.uniform(-2, 2, shape), 3).tolist()).reshape(shape)


def plain(v):
    if isinstance(v, torch.Tensor):
        out = {'shape': list(v.shape), 'data': v.detach().reshape(-1).tolist()}
        if v.dtype == torch.float64:
            return out
        return {**out, 'dtype': 'bool' if v.dtype == torch.bool else 'int32'}
    if isinstance(v, (list, tuple)):
        return [plain(e) for e in v]
    if isinstance(v, dict):
        return {k: plain(e) for k, e in v.items()}
    return v


class RMSNorm(nn.Module):
    """x / √(mean x² + ε), times the weight."""

    def __init__(self, shape, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape))
        self.eps = eps

    def forward(self, x):
        return x / torch.sqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


def spread(module):
    """Parameters that are neither ones nor zeros."""
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(random(*p.shape) * 0.5)
    return module


CASES = []


def case(title, call, module, inputs, ours=None, theirs=None, run=None):
    """`call` is our factory and its arguments; `ours` our options of forward, `run` what PyTorch runs instead of module(*inputs)."""
    inputs = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    before = {k: v.clone() for k, v in module.state_dict().items()}
    module.zero_grad()
    out = run(*inputs) if run else module(*inputs, **(theirs or {}))
    weights = random(*out.shape)
    (out * weights).sum().backward()
    buffers = {k: v.clone() for k, v in module.named_buffers()}
    CASES.append(plain({
        'title': title, 'call': call, 'training': module.training, 'state': before, 'inputs': list(inputs),
        'options': ours or {}, 'output': out, 'weights': weights,
        'inputGradients': [x.grad for x in inputs if x.is_floating_point()],
        'gradients': {k: p.grad for k, p in module.named_parameters()}, 'buffers': buffers,
    }))


# --- normalisation ----------------------------------------------------------------------------------------------------

for title, make, options, shape in [
    ('batchNorm of vectors', nn.BatchNorm1d, {}, (6, 3)),
    ('batchNorm of sequences', nn.BatchNorm1d, {'momentum': 0.3}, (4, 3, 5)),
    ('batchNorm of images', nn.BatchNorm2d, {'eps': 1e-3}, (3, 2, 4, 3)),
    ('batchNorm of volumes, averaging all batches', nn.BatchNorm3d, {'momentum': None}, (2, 2, 2, 2, 3)),
    ('batchNorm without parameters', nn.BatchNorm2d, {'affine': False}, (2, 3, 2, 2)),
]:
    module = spread(make(shape[1], **options))
    names = {'eps': 'epsilon'}
    call = ['batchNorm', shape[1], {names.get(k, k): v for k, v in options.items()}]
    for i in range(3):
        case(f'{title}, batch {i}', call, module, [random(*shape) * (i + 1) + i])
    case(f'{title}, in evaluation', call, module.eval(), [random(*shape)])

module = spread(nn.BatchNorm1d(3, track_running_stats=False)).eval()
case('batchNorm without running statistics, in evaluation', ['batchNorm', 3, {'trackRunningStats': False}], module, [random(5, 3)])

case('layerNorm', ['layerNorm', 5, {}], spread(nn.LayerNorm(5)), [random(2, 3, 5)])
case('layerNorm over two axes', ['layerNorm', [3, 4], {'epsilon': 0.01}], spread(nn.LayerNorm([3, 4], eps=0.01)), [random(2, 3, 4)])
case('layerNorm without parameters', ['layerNorm', 4, {'affine': False}], nn.LayerNorm(4, elementwise_affine=False), [random(3, 4)])
case('groupNorm', ['groupNorm', 2, 6, {}], spread(nn.GroupNorm(2, 6)), [random(2, 6, 3, 2)])
case('groupNorm of vectors', ['groupNorm', 2, 6, {'epsilon': 0.1}], spread(nn.GroupNorm(2, 6, eps=0.1)), [random(3, 6)])
case('groupNorm, a group for each channel', ['groupNorm', 3, 3, {}], spread(nn.GroupNorm(3, 3)), [random(2, 3, 4)])
case('rmsNorm', ['rmsNorm', 5, {'epsilon': 1e-5}], spread(RMSNorm(5, 1e-5)), [random(2, 3, 5)])

# --- embedding --------------------------------------------------------------------------------------------------------

indices = torch.tensor([[0, 2, 2, 5], [3, 0, 6, 2]])
case('embedding', ['embedding', 7, 3, {}], spread(nn.Embedding(7, 3)), [indices])
case('embedding with a padding index', ['embedding', 7, 3, {'paddingIndex': 2}], spread(nn.Embedding(7, 3, padding_idx=2)), [indices])

# --- attention --------------------------------------------------------------------------------------------------------

x, memory, other = random(2, 4, 6), random(2, 5, 6), random(2, 5, 6)
bools = torch.tensor([[1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 1], [1, 1, 1, 1]]).bool()
wide = torch.tensor([[1, 0, 1, 1, 0], [1, 1, 0, 1, 1], [0, 1, 1, 1, 1], [1, 1, 1, 0, 1]]).bool()
padding = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]).bool()
causal = torch.ones(4, 4).tril().bool()


def attention(heads=2, **options):
    return spread(nn.MultiheadAttention(6, heads, batch_first=True, **options))


def attend(module, **options):
    return lambda *inputs: module(*(inputs * 3 if len(inputs) == 1 else inputs), need_weights=False, **options)[0]


CALL = ['multiHeadAttention', 6, 2, {}]
m = attention()
case('self-attention', CALL, m, [x], run=attend(m))
m = attention()
case('self-attention of one sequence', CALL, m, [random(4, 6)], run=attend(m))
m = attention(3, bias=False)
case('self-attention of three heads without biases', ['multiHeadAttention', 6, 3, {'bias': False}], m, [x], run=attend(m))
m = attention()
case('causal self-attention', ['multiHeadAttention', 6, 2, {'causal': True}], m, [x], run=attend(m, attn_mask=~causal))
m = attention()
case('self-attention, causal by the call', CALL, m, [x], {'causal': True}, run=attend(m, attn_mask=~causal))
m = attention()
case('self-attention with a mask', CALL, m, [x], {'mask': bools}, run=attend(m, attn_mask=~bools))
m = attention()
bias = random(4, 4)
case('self-attention with a bias', CALL, m, [x], {'mask': bias}, run=attend(m, attn_mask=bias))
m = attention()
each = torch.stack([bools, causal, causal, bools]).reshape(2, 2, 4, 4)
case('self-attention with a mask for each head', CALL, m, [x], {'mask': each}, run=attend(m, attn_mask=~each.reshape(4, 4, 4)))
m = attention()
case('attention to a memory', CALL, m, [x, memory, other], run=attend(m))
m = attention()
case('attention to a memory with masks', CALL, m, [x, memory, other], {'mask': wide, 'paddingMask': padding},
     run=attend(m, attn_mask=~wide, key_padding_mask=~padding))

# --- transformer ------------------------------------------------------------------------------------------------------

small = {'dim_feedforward': 7, 'dropout': 0.0, 'batch_first': True}
for first in [False, True]:
    ours = {'feedForward': 7, 'dropout': 0, 'normFirst': first}
    where = 'norm first' if first else 'norm last'
    encoder = ['transformerEncoderLayer', 6, 2, {**ours, 'activation': 'gelu'}]
    m = spread(nn.TransformerEncoderLayer(6, 2, activation='gelu', norm_first=first, **small))
    case(f'transformerEncoderLayer, {where}', encoder, m, [x],
         {'mask': bools, 'paddingMask': padding[:, 1:]}, {'src_mask': ~bools, 'src_key_padding_mask': ~padding[:, 1:]})
    m = spread(nn.TransformerEncoderLayer(6, 2, norm_first=first, **small))
    case(f'transformerEncoderLayer, {where}, causal', ['transformerEncoderLayer', 6, 2, {**ours, 'causal': True}], m, [x], {},
         {'src_mask': ~causal})
    m = spread(nn.TransformerDecoderLayer(6, 2, norm_first=first, **small))
    case(f'transformerDecoderLayer, {where}', ['transformerDecoderLayer', 6, 2, ours], m, [x, memory],
         {'memoryMask': wide, 'memoryPaddingMask': padding},
         {'tgt_mask': ~causal, 'memory_mask': ~wide, 'memory_key_padding_mask': ~padding})

ours = {'feedForward': 7, 'dropout': 0, 'normFirst': True}
m = spread(nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, norm_first=True, **small), 2, nn.LayerNorm(6)))
case('transformerEncoder', ['transformerEncoder', 6, 2, 2, ours], m, [x])
m = spread(nn.TransformerDecoder(nn.TransformerDecoderLayer(6, 2, **small), 2))
case('transformerDecoder', ['transformerDecoder', 6, 2, 2, {**ours, 'normFirst': False}], m, [x, memory], {}, {'tgt_mask': ~causal})

made = f'PyTorch {torch.__version__}, float64'
path = os.path.join(os.path.dirname(__file__), 'fixtures', 'layers.json')
with open(path, 'w') as file:
    json.dump({'made': made, 'layers': CASES}, file, ensure_ascii=False, separators=(',', ':'))
    file.write('\n')
print(len(CASES), 'cases,', os.path.getsize(path), 'bytes')
