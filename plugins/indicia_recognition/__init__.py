"""Tables without an index file: their format, the roles of their columns, and doubts about their cells."""

from typing import TYPE_CHECKING

from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia_recognition.columns import Inferred, infer
    from indicia_recognition.observation import Observation
    from indicia_recognition.recognise import Recognised
else:
    __getattr__ = names_of(__name__, columns="Inferred infer", observation="Observation", recognise="Recognised")

__all__ = ["Inferred", "Observation", "Recognised", "infer"]
