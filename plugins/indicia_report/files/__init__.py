"""The documents and tables of an index, of audits and of differences between editions."""
