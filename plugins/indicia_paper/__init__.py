"""Charts, and outcomes as files: what a paper shows of an index, drawn and written by the plugins of outputs."""
