"""The file of a fitted index: `content` has its tables, `file` its form and checksum."""

from indicia.fitted_file.content import KeyedStatistic, NamedStatistic, question_of
from indicia.fitted_file.file import checksum, content_of, is_fitted_file, read, rendered
