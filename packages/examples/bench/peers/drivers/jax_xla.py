# JAX on the processor: whole steps jitted by XLA, parameters donated; scalars recorded one by one.
import math

import jax
import jax.numpy as jnp
import numpy as np

from protocol import net_numbers, serve

jax.config.update('jax_platforms', 'cpu')
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
each = jax.tree_util.tree_map


def place(numbers, *shape, dtype=np.float32):
    return jnp.asarray(np.array(numbers, dtype).reshape(shape))


def entropy(logits, y):
    scores = jax.nn.log_softmax(logits)
    return -jnp.take_along_axis(scores, y[:, None], 1).mean()


def training(cost, cells, data, optimizer, lr, decay=0.0):
    """step(k): a step of descent of cost(cells, x, y) on the k-th batch."""
    def descend(state, x, y):
        cells, rest = state[0], state[1:]
        loss, g = jax.value_and_grad(cost)(cells, x, y)
        return loss, (each(lambda p, d: p - lr * d, cells, g), *rest)

    def adapt(state, x, y):
        cells, m, v, t = state
        loss, g = jax.value_and_grad(cost)(cells, x, y)
        t = t + 1
        m = each(lambda a, d: BETA1 * a + (1 - BETA1) * d, m, g)
        v = each(lambda a, d: BETA2 * a + (1 - BETA2) * d * d, v, g)
        size, root = lr / (1 - BETA1 ** t), jnp.sqrt(1 - BETA2 ** t)
        kept = each(lambda p: p * (1 - lr * decay) if p.ndim >= 2 else p, cells)
        cells = each(lambda p, a, b: p - size * a / (jnp.sqrt(b) / root + EPSILON), kept, m, v)
        return loss, (cells, m, v, t)

    run = jax.jit(descend if optimizer == 'sgd' else adapt, donate_argnums=0)
    zeros = lambda: each(jnp.zeros_like, cells)
    state = (cells, zeros(), zeros(), jnp.float32(0))

    def step(k):
        nonlocal state
        loss, state = run(state, *data[k])
        return float(loss)

    return step


def net(settings, take, batches):
    sizes, batch = settings['sizes'], settings['batch']
    between = jax.nn.relu if settings['activation'] == 'relu' else jnp.tanh
    layers, batches = net_numbers(settings, take, batches)
    cells = [(place(w, a, b), place(bias, -1)) for (w, bias), a, b in zip(layers, sizes, sizes[1:])]
    data = [(place(x, batch, -1), place(y, -1, dtype=np.int32)) for x, y in batches]

    def cost(cells, x, y):
        for w, b in cells[:-1]:
            x = between(x @ w + b)
        w, b = cells[-1]
        return entropy(x @ w + b, y)

    return training(cost, cells, data, settings['optimizer'], settings['lr'])


def transformer(settings, take, batches):
    batch, context, heads = settings['batch'], settings['context'], settings['heads']
    cells = {
        cell['name']: place(take(math.prod(cell['shape'])), *cell['shape'])
        for cell in settings['parameters']
    }
    data = [
        [place(take(batch * context), *shape, dtype=np.int32) for shape in ((batch, -1), (-1,))]
        for _ in range(batches)
    ]
    earlier = jnp.tril(jnp.ones((context, context), bool))

    def cost(cells, x, y):
        def dense(name, h):
            return h @ cells[f'{name}.weight'].T + cells[f'{name}.bias']

        def norm(name, h):
            h = h - h.mean(-1, keepdims=True)
            h = h * jax.lax.rsqrt((h * h).mean(-1, keepdims=True) + 1e-5)
            return h * cells[f'{name}.weight'] + cells[f'{name}.bias']

        def attend(name, h):
            z = h @ cells[f'{name}.in_proj_weight'].T + cells[f'{name}.in_proj_bias']
            q, k, v = jnp.moveaxis(z.reshape(batch, context, 3, heads, -1), 2, 0)
            scores = jnp.einsum('nqhd,nkhd->nhqk', q, k) / math.sqrt(q.shape[-1])
            weights = jax.nn.softmax(jnp.where(earlier, scores, -jnp.inf))
            mixed = jnp.einsum('nhqk,nkhd->nqhd', weights, v)
            return dense(f'{name}.out_proj', mixed.reshape(batch, context, -1))

        h = cells['tokens.weight'][x] + cells['positions.weight']
        for i in range(settings['depth']):
            name = f'encoder.layers.{i}'
            h = h + attend(f'{name}.self_attn', norm(f'{name}.norm1', h))
            wide = jax.nn.gelu(dense(f'{name}.linear1', norm(f'{name}.norm2', h)), approximate=False)
            h = h + dense(f'{name}.linear2', wide)
        logits = dense('head', norm('encoder.norm', h))
        return entropy(logits.reshape(batch * context, -1), y)

    return training(cost, cells, data, 'adam', settings['lr'], settings['weightDecay'])


def jitted(function, *arrays):
    run = jax.jit(function)
    return lambda k: np.asarray(run(*arrays))


def matmul(settings, take, _):
    size = settings['size']
    return jitted(jnp.matmul, *(place(take(size * size), size, size) for _ in range(2)))


def pointwise(settings, take, _):
    arrays = [place(take(settings['count']), -1) for _ in range(2)]
    return jitted(lambda x, y: jnp.exp(jnp.tanh(x * y + x) * 0.5), *arrays)


def softmax(settings, take, _):
    rows, columns = settings['rows'], settings['columns']
    return jitted(jax.nn.softmax, place(take(rows * columns), rows, columns))


def tape(settings, take, _):
    def chain(y):
        for _ in range(settings['operations'] // 2):
            y = jnp.sin(y * 1.0001)
        return y

    slope = jax.grad(chain)
    return lambda k: float(slope(1.0))


makers = {'net': net, 'matmul': matmul, 'pointwise': pointwise, 'softmax': softmax, 'tape': tape}
serve(jax.__version__, {**makers, 'transformer': transformer})
