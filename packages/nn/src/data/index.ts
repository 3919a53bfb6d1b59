// Data: filled by its own files.

export {};
