# The dictionary of the oracle: every op of ours, under our name and with our arguments, said in PyTorch's words.
#
# Each entry takes exactly what our function takes (an options object is a Python dict in the last place)
# and returns a tensor, or a list of tensors where ours returns several. Where PyTorch offers two conventions,
# the one taken here is the one our documentation states: max and min share ties evenly (amax, amin), variance
# divides by n unless told otherwise, indices are int32.
import numpy as np
import torch
import torch.nn.functional as F


def axes_of(x, axes):
    if axes is None:
        return tuple(range(x.dim()))
    return tuple(axes) if isinstance(axes, list) else (axes,)


def reduction(over):
    """f(x, axes?, { keepDims? }) from a PyTorch function that takes a tuple of axes."""
    return lambda x, axes=None, o={}: over(x, axes_of(x, axes), o.get('keepDims', False), o)


def prod(x, axes, keep, _):
    for axis in sorted((a % x.dim() for a in axes), reverse=True):
        x = x.prod(dim=axis, keepdim=keep)
    return x


def spread(x, axes, keep, o):
    return torch.var(x, axes, correction=o.get('correction', 0), keepdim=keep)


def arg(best):
    def find(x, axis=None, o={}):
        return best(x, dim=axis, keepdim=o.get('keepDims', False)).to(torch.int32)
    return find


def einsum(subscripts, *operands):
    return torch.einsum(subscripts, *operands)


def slice_(x, *ranges):
    """Python's own slicing picks the positions, so negative steps work too."""
    def one(r):
        if isinstance(r, list):
            start, stop, step = (r + [None, None])[:3]
            return slice(start, stop, step)
        return slice(None) if r is None else r
    positions = np.arange(x.numel()).reshape(tuple(x.shape))[tuple(one(r) for r in ranges)]
    return x.reshape(-1)[torch.tensor(np.array(positions))]


def pad(x, widths, value=0):
    return F.pad(x, [n for pair in reversed(widths) for n in pair], value=value)


def split(x, sections, axis=0):
    if isinstance(sections, int):
        return list(torch.tensor_split(x, sections, dim=axis))
    return list(torch.split(x, sections, dim=axis))


def gather(x, indices, axis=0):
    axis %= x.dim()
    taken = torch.index_select(x, axis, indices.reshape(-1))
    return taken.reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1:])


def scatter_add(x, indices, updates, axis=0):
    axis %= x.dim()
    flat = updates.reshape(*x.shape[:axis], indices.numel(), *x.shape[axis + 1:])
    return torch.index_add(x, axis, indices.reshape(-1), flat)


def sort(x, axis=-1, o={}):
    values, indices = torch.sort(x, dim=axis, descending=o.get('descending', False), stable=True)
    return [values, indices.to(torch.int32)]


def top_k(x, k, axis=-1, o={}):
    values, indices = torch.topk(x, k, dim=axis, largest=o.get('largest', True))
    return [values, indices.to(torch.int32)]


def total(x, axes, keep, _):
    """The sum of int32 stays int32, where PyTorch's becomes int64."""
    kind = {} if x.is_floating_point() else {'dtype': torch.int32}
    return torch.sum(x, axes, keepdim=keep, **kind) if axes else x.clone()


def binary(f):
    """PyTorch's minimum, pow … want a tensor where ours also takes a number, which never changes the dtype."""
    def both(a, b):
        like = a if isinstance(a, torch.Tensor) else b
        a, b = (v if isinstance(v, torch.Tensor) else torch.tensor(v, dtype=like.dtype) for v in (a, b))
        return f(a, b)
    return both


DTYPES = {'float64': torch.float64, 'float32': torch.float32, 'int32': torch.int32, 'bool': torch.bool}

ours = {
    # One number in, one number out
    **{name: getattr(torch, name) for name in
       '''neg abs sign exp log log1p expm1 sqrt rsqrt square sin cos tan asin acos atan sinh cosh tanh erf
       sigmoid floor ceil round relu'''.split()},
    'logSigmoid': F.logsigmoid,
    'softplus': F.softplus,
    'silu': F.silu,
    'leakyRelu': lambda x, slope=0.01: F.leaky_relu(x, slope),
    'elu': lambda x, alpha=1: F.elu(x, alpha),
    'gelu': F.gelu,
    'clamp': lambda x, low, high: torch.clamp(x, low, high),
    'logicalNot': torch.logical_not,
    # Two numbers in, one number out
    'add': torch.add,
    'sub': binary(torch.sub),
    'mul': torch.mul,
    'div': binary(torch.div),
    'pow': torch.pow,
    'maximum': binary(torch.maximum),
    'minimum': binary(torch.minimum),
    'equal': binary(torch.eq),
    'notEqual': binary(torch.ne),
    'less': binary(torch.lt),
    'lessEqual': binary(torch.le),
    'greater': binary(torch.gt),
    'greaterEqual': binary(torch.ge),
    'logicalAnd': torch.logical_and,
    'logicalOr': torch.logical_or,
    'logicalXor': torch.logical_xor,
    'where': lambda c, a, b: binary(lambda p, q: torch.where(c, p, q))(a, b),
    # Reductions
    'sum': reduction(total),
    'mean': reduction(lambda x, axes, keep, _: torch.mean(x, axes, keepdim=keep)),
    'prod': reduction(prod),
    'max': reduction(lambda x, axes, keep, _: torch.amax(x, axes, keepdim=keep)),
    'min': reduction(lambda x, axes, keep, _: torch.amin(x, axes, keepdim=keep)),
    'logsumexp': reduction(lambda x, axes, keep, _: torch.logsumexp(x, axes, keepdim=keep)),
    'variance': reduction(spread),
    'std': reduction(lambda *a: torch.sqrt(spread(*a))),
    'norm': reduction(lambda x, axes, keep, o: torch.linalg.vector_norm(
        x, o.get('ord', 2), dim=axes, keepdim=keep)),
    'argmax': arg(torch.argmax),
    'argmin': arg(torch.argmin),
    'cumsum': lambda x, axis: torch.cumsum(x, axis),
    'softmax': lambda x, axis=-1: torch.softmax(x, axis),
    'logSoftmax': lambda x, axis=-1: torch.log_softmax(x, axis),
    # Products
    'matmul': torch.matmul,
    'dot': torch.dot,
    'outer': torch.outer,
    'einsum': einsum,
    # Shapes
    'reshape': lambda x, shape: x.reshape(shape),
    'transpose': lambda x: x.permute(*reversed(range(x.dim()))) if x.dim() else x.clone(),
    'permute': lambda x, axes: x.permute(axes),
    'broadcastTo': lambda x, shape: x.broadcast_to(shape),
    'squeeze': lambda x, axes=None: x.squeeze() if axes is None else x.squeeze(axes),
    'unsqueeze': lambda x, axis: x.unsqueeze(axis),
    'slice': slice_,
    'flip': lambda x, axes=None: torch.flip(x, axes_of(x, axes)),
    'pad': pad,
    'concat': lambda tensors, axis=0: torch.cat(tensors, axis),
    'stack': lambda tensors, axis=0: torch.stack(tensors, axis),
    'split': split,
    'tile': lambda x, reps: torch.tile(x, reps),
    'repeat': lambda x, count, axis: torch.repeat_interleave(x, count, dim=axis),
    # Positions
    'gather': gather,
    'takeAlong': lambda x, indices, axis: torch.gather(x, axis, indices.to(torch.int64)),
    'scatterAdd': scatter_add,
    'index': lambda x, *indices: x[tuple(i.to(torch.int64) for i in indices)],
    'oneHot': lambda indices, classes: F.one_hot(indices.to(torch.int64), classes),
    'tril': lambda x, k=0: torch.tril(x, k),
    'triu': lambda x, k=0: torch.triu(x, k),
    'diag': lambda x, k=0: torch.diag(x, k),
    'sort': sort,
    'argsort': lambda *a: sort(*a)[1],
    'topK': top_k,
    # Kinds of number
    'cast': lambda x, dtype: x.to(DTYPES[dtype]),
    'detach': lambda x: x.detach(),
    # Creation
    'eye': lambda n, m=None: torch.eye(n, m or n),
    'arange': lambda *a: torch.arange(*a),
    'linspace': lambda start, stop, count: torch.linspace(start, stop, count),
    'zerosLike': torch.zeros_like,
    'onesLike': torch.ones_like,
    'fullLike': torch.full_like,
}
