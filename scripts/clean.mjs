// Empties the current package's dist, so that a build holds nothing of an older one.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
