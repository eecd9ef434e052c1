"""The methods that Indicia ships: ordinary plugins, one module per family."""
