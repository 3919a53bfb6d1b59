// Training: filled by its own files.

export {};
