# From the start of the process to the first gradient: JAX on the processor.
import jax
import jax.numpy as jnp

jax.config.update('jax_platforms', 'cpu')
print(jax.grad(lambda x: (x * x).sum())(jnp.array([1.0, 2.0, 3.0])).tolist(), flush=True)
