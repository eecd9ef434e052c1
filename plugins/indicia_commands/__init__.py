"""The commands of `indicia`: a module for each, with the function of the same name."""
