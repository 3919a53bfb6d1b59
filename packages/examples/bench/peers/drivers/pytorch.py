# PyTorch: `pytorch.py eager|compile THREADS`. Its results lie in the host's memory as they are.
import sys
import time

import torch

from protocol import net_numbers, serve

mode, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
if mode == 'compile' and not hasattr(torch, 'compile'):
    sys.exit(f'PyTorch {torch.__version__} has no torch.compile')
ready = torch.compile if mode == 'compile' else lambda function: function


def tensor(numbers, *shape):
    return torch.frombuffer(numbers, dtype=torch.float32).clone().reshape(shape)


def training(forward, optimizer, data):
    """step(k): a step of descent of the cross-entropy on the k-th batch."""
    entropy = torch.nn.CrossEntropyLoss()
    cost = ready(lambda x, y: entropy(forward(x), y))

    def step(k):
        optimizer.zero_grad(set_to_none=True)
        loss = cost(*data[k])
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def net(settings, take, batches):
    sizes, batch = settings['sizes'], settings['batch']
    between = torch.nn.ReLU if settings['activation'] == 'relu' else torch.nn.Tanh
    layers, batches = net_numbers(settings, take, batches)
    stack = []
    for i, (w, b) in enumerate(layers):
        layer = torch.nn.Linear(sizes[i], sizes[i + 1])
        with torch.no_grad():
            layer.weight.copy_(tensor(w, sizes[i], sizes[i + 1]).T)
            layer.bias.copy_(tensor(b, -1))
        stack += [layer] if i == len(layers) - 1 else [layer, between()]
    model = torch.nn.Sequential(*stack)
    rule = torch.optim.SGD if settings['optimizer'] == 'sgd' else torch.optim.Adam
    data = [(tensor(x, batch, sizes[0]), tensor(y, -1).long()) for x, y in batches]
    return training(model, rule(model.parameters(), lr=settings['lr']), data)


class GPT(torch.nn.Module):
    def __init__(self, depth, dim, heads, context, vocabulary):
        super().__init__()
        self.tokens = torch.nn.Embedding(vocabulary, dim)
        self.positions = torch.nn.Embedding(context, dim)
        layer = torch.nn.TransformerEncoderLayer(
            dim, heads, 4 * dim, dropout=0.0, activation='gelu', batch_first=True, norm_first=True)
        # It says that nested tensors are of no use to layers that normalise first; nobody asked for them.
        options = {'enable_nested_tensor': False}
        self.encoder = torch.nn.TransformerEncoder(layer, depth, torch.nn.LayerNorm(dim), **options)
        self.head = torch.nn.Linear(dim, vocabulary)
        later = torch.full((context, context), float('-inf')).triu(1)
        self.register_buffer('later', later, persistent=False)

    def forward(self, x):
        h = self.encoder(self.tokens(x) + self.positions.weight, mask=self.later)
        return self.head(h).flatten(0, 1)


def transformer(settings, take, batches):
    sizes = {key: settings[key] for key in ('depth', 'dim', 'heads', 'context', 'vocabulary')}
    model = GPT(**sizes)
    state = {each['name']: each['shape'] for each in settings['parameters']}
    model.load_state_dict({
        name: tensor(take(torch.Size(shape).numel()), *shape) for name, shape in state.items()
    })
    batch, context = settings['batch'], settings['context']
    data = [
        [tensor(take(batch * context), *shape).long() for shape in ((batch, context), (-1,))]
        for _ in range(batches)
    ]
    # Matrices decay, biases and scales don't.
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [
        {'params': matrices, 'weight_decay': settings['weightDecay']},
        {'params': others, 'weight_decay': 0.0},
    ]
    return training(model, torch.optim.AdamW(groups, lr=settings['lr']), data)


def matmul(settings, take, _):
    size = settings['size']
    a, b = (tensor(take(size * size), size, size) for _ in range(2))
    return lambda k: a @ b


def pointwise(settings, take, _):
    a, b = (tensor(take(settings['count']), -1) for _ in range(2))
    chain = ready(lambda x, y: ((x * y + x).tanh() * 0.5).exp())
    return lambda k: chain(a, b)


def softmax(settings, take, _):
    rows, columns = settings['rows'], settings['columns']
    logits = tensor(take(rows * columns), rows, columns)
    normalise = ready(lambda x: x.softmax(-1))
    return lambda k: normalise(logits)


def tape(settings, take, _):
    x = torch.tensor(1.0, requires_grad=True)

    def step(k):
        y = x
        for _ in range(settings['operations'] // 2):
            y = torch.sin(y * 1.0001)
        y.backward()
        slope = x.grad.item()
        x.grad = None
        return slope

    return step


def gemm_rate(size=1024, runs=20):
    """GFLOP/s of its matrix products, the median of some."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    times = []
    for _ in range(runs + 3):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    return 2 * size ** 3 / sorted(times[3:])[runs // 2] / 1e9


makers = {'net': net, 'pointwise': pointwise, 'softmax': softmax, 'transformer': transformer}
# A single product has nothing to be compiled, nor what is recorded a scalar at a time.
eager = {'matmul': matmul, 'tape': tape} if mode == 'eager' else {}
serve(torch.__version__, {**makers, **eager}, {'gemm': gemm_rate()})
