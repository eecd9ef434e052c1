"""The file of a fitted index: `content` has its tables, `file` its form and checksum."""

from indicia.data import checksum
from indicia_bundle.fitted_file.file import KeyedStatistic, NamedStatistic, content_of, is_fitted_file, read, rendered
