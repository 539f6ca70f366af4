"""Guards what people hand in: files and texts, in an object store, by digest."""
