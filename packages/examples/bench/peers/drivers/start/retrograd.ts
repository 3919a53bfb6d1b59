// From the start of the process to the first gradient: ours.
import { grad, type Tensor, tensor } from '@retrograd/autograd';

const slope = grad((x: Tensor) => x.mul(x).sum());
console.log(JSON.stringify(slope(tensor([1, 2, 3])).toArray()));
