// What goes wrong while assembling: always a mistake in the code that assembles.

import { RetrogradError } from '../../../errors.js';

/** Instructions that no WebAssembly function could have. */
export class AssemblyError extends RetrogradError {
  readonly code = 'ERR_ASSEMBLY';

  constructor(message: string) {
    super(`assembler: ${message}`);
  }
}
