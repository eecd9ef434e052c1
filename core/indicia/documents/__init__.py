"""The content of documents, before any format: the sections on the difference of two editions, and tables."""
