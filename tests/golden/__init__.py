"""A record of what the code computes, so that a change of the code can show that it changes no figure.

Every method is scored in some fifteen settings, and every index of `examples/` as a whole. `records/` holds one line
for each method and setting: a hash of each group of figures, their sum, and a hash of each group of texts.
docs/decisions/0017-golden-figures.md explains why. `just golden` compares, `just golden-renew` writes the record anew.
"""
