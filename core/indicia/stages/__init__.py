"""The stages of a run, one module each: from the data to scores and ranks."""
