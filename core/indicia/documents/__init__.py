"""The document model, `documents.blocks`, and its writers: one module for each format."""
