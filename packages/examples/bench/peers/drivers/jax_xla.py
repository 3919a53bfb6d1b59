# JAX on the processor: the whole step jitted by XLA, parameters donated.
import jax
import jax.numpy as jnp
import numpy as np

from protocol import serve

jax.config.update('jax_platforms', 'cpu')
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def make(problem, layers, batches):
    sizes, batch, lr = problem['sizes'], problem['batch'], problem['lr']
    between = jax.nn.relu if problem['activation'] == 'relu' else jnp.tanh
    cells = [
        (jnp.asarray(np.array(w, np.float32).reshape(a, b)), jnp.asarray(np.array(bias, np.float32)))
        for (w, bias), a, b in zip(layers, sizes, sizes[1:])
    ]
    data = [
        (jnp.asarray(np.array(x, np.float32).reshape(batch, -1)), jnp.asarray(np.array(y, np.int32)))
        for x, y in batches
    ]

    def cost(cells, x, y):
        for w, b in cells[:-1]:
            x = between(x @ w + b)
        w, b = cells[-1]
        scores = jax.nn.log_softmax(x @ w + b)
        return -jnp.take_along_axis(scores, y[:, None], 1).mean()

    def descend(state, x, y):
        cells, _, _, _ = state
        loss, g = jax.value_and_grad(cost)(cells, x, y)
        return loss, (jax.tree_util.tree_map(lambda p, d: p - lr * d, cells, g), *state[1:])

    def adapt(state, x, y):
        cells, m, v, t = state
        loss, g = jax.value_and_grad(cost)(cells, x, y)
        t = t + 1
        each = jax.tree_util.tree_map
        m = each(lambda a, d: BETA1 * a + (1 - BETA1) * d, m, g)
        v = each(lambda a, d: BETA2 * a + (1 - BETA2) * d * d, v, g)
        size, root = lr / (1 - BETA1 ** t), jnp.sqrt(1 - BETA2 ** t)
        cells = each(lambda p, a, b: p - size * a / (jnp.sqrt(b) / root + EPSILON), cells, m, v)
        return loss, (cells, m, v, t)

    run = jax.jit(descend if problem['optimizer'] == 'sgd' else adapt, donate_argnums=0)
    zeros = lambda: jax.tree_util.tree_map(jnp.zeros_like, cells)
    state = (cells, zeros(), zeros(), jnp.float32(0))

    def step(k):
        nonlocal state
        loss, state = run(state, *data[k])
        return float(loss)

    return step


serve(jax.__version__, make)
