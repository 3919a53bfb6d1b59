// @retrograd/autograd/testing: checking derivatives, and the samples that the built-in operations are checked with.

export {
  type GradcheckInput,
  type GradcheckMode,
  type GradcheckOptions,
  gradcheck,
} from './gradcheck.js';
export type { GradcheckReport, ReportLine } from './report.js';
export { errorSamples } from './samples/errors/index.js';
export { nondifferentiable, samples } from './samples/index.js';
export type { ErrorSample, OpSample, SampleFn } from './samples/sample.js';
