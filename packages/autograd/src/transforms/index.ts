// Transforms: functions of functions.

export { checkpoint } from './checkpoint.js';
export { type GradOptions, grad, valueAndGrad, vjp } from './grad.js';
export { hessian, hvp, jacobian, jvp } from './jvp.js';
export type { Feed, Gradients } from './tree.js';
