"""Sentences for readers, and their catalogue in several languages."""
