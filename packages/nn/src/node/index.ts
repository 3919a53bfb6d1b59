// Files: the door of the room, for Node alone.

export { type CsvOptions, parseCsv, readCsv } from './csv.js';
