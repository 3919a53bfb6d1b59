# PyTorch: `pytorch.py eager|compile THREADS`.
import sys
import time

import torch

from protocol import serve

mode, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
if mode == 'compile' and not hasattr(torch, 'compile'):
    sys.exit(f'PyTorch {torch.__version__} has no torch.compile')


def make(problem, layers, batches):
    sizes, batch = problem['sizes'], problem['batch']
    between = torch.nn.ReLU if problem['activation'] == 'relu' else torch.nn.Tanh
    stack = []
    for i, (w, b) in enumerate(layers):
        layer = torch.nn.Linear(sizes[i], sizes[i + 1])
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(w).reshape(sizes[i], sizes[i + 1]).T)
            layer.bias.copy_(torch.tensor(b))
        stack += [layer] if i == len(layers) - 1 else [layer, between()]
    model = torch.nn.Sequential(*stack)
    rule = torch.optim.SGD if problem['optimizer'] == 'sgd' else torch.optim.Adam
    optimizer = rule(model.parameters(), lr=problem['lr'])
    data = [(torch.tensor(x).reshape(batch, sizes[0]), torch.tensor(y).long()) for x, y in batches]
    entropy = torch.nn.CrossEntropyLoss()

    def cost(x, y):
        return entropy(model(x), y)

    if mode == 'compile':
        cost = torch.compile(cost)

    def step(k):
        optimizer.zero_grad(set_to_none=True)
        loss = cost(*data[k])
        loss.backward()
        optimizer.step()
        return loss.item()

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


serve(torch.__version__, make, {'gemm': gemm_rate()})
