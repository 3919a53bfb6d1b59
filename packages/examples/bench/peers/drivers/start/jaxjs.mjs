// From the start of the process to the first gradient: jax-js, on the device that it begins with.
import { grad, numpy as np } from '@jax-js/jax';

const slope = grad((x) => x.ref.mul(x).sum());
console.log(JSON.stringify(slope(np.array([1, 2, 3])).js()));
