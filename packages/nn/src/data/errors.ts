// Data: what a file or a table can get wrong.

import { RetrogradError } from '@retrograd/autograd';

/** Data that can't be learned from as they are: the message names the row, the column or the class. */
export class DataError extends RetrogradError {
  readonly code = 'ERR_DATA';
}
