// @retrograd/nn/closed-form: back-propagation as a recursion, beside the tape.

export type {
  Activation,
  ElementwiseActivation,
  LayerActivation,
  Layout,
} from './activations.js';
export {
  ClosedForm,
  type ClosedFormLayer,
  type ClosedFormOptions,
  closedForm,
} from './closed-form.js';
export {
  BackpropReport,
  type ComparedPenalty,
  type CompareOptions,
  type ComparisonRow,
  compareBackprop,
  type Quantity,
} from './compare-backprop.js';
export {
  type CompareGradientsOptions,
  compareGradients,
  GradientReport,
  type GradientRow,
} from './compare-gradients.js';
export type { Diagnosis, DiagnosisKind } from './diagnosis.js';
export { ComparisonError } from './errors.js';
export type { AnalyticGradients, Given } from './gradient-leaves.js';
export type { ClosedLoss } from './losses.js';
export { Matrix } from './matrix.js';
export type { TapeLoss } from './read-data.js';
export type { Activations } from './read-model.js';
export type { Form, Penalty } from './recursion.js';
