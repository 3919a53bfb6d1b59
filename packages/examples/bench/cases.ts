// All benchmarks, in the order in which they are printed.
import type { Case } from './case.js';
import { kernels } from './kernels.js';
import { tape } from './tape.js';
import { training } from './training.js';

export const cases: readonly Case[] = [...tape, ...kernels, ...training];
