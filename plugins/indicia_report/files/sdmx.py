"""A result as SDMX-CSV 2.0, with the structure of its data as SDMX-ML 3.0.

References
----------
SDMX (2021), SDMX-CSV 2.0 field guide, https://github.com/sdmx-twg/sdmx-csv
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unicodedata import normalize
from xml.etree import ElementTree

import polars as pl

from indicia.data import escape_formulas, render
from indicia.definition import text
from indicia.documents.html import xml_text
from indicia.tables.table import reader_names
from indicia_report.files.long import CodebookEntry, codebook, codebook_languages, long_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.outputs import ExportOptions, Files
    from indicia.result import Result

VERSION = "1.0.0"
_CODED = ("MEASURE", "INDICATOR", "OBS_STATUS")
_ATTRIBUTES = ("UNIT_MEASURE", "OBS_STATUS", "OBS_COMMENT", "TIME_DETAIL", "SOURCE_DETAIL", "STANDARD_ERROR")
_CODE = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_@$-]*")
"""A code of SDMX that no spreadsheet reads as a formula."""
_TIME = r"^\d{4}(-(\d\d(-\d\d)?|A1|S[12]|T[1-3]|Q[1-4]|M\d\d|W\d\d|D\d{3}))?$"
"""The periods of time that SDMX knows."""


def sdmx_files(result: Result, options: ExportOptions) -> Files:
    """Return a result as SDMX-CSV, and its data structure, dataflow, concepts and codes beside it."""
    table, languages = long_table(result, options.language), codebook_languages(result, options.language)
    entries = codebook(result, table, languages)
    codes = {column: _codes_of(table[column].drop_nulls().unique(maintain_order=True)) for column in _CODED}
    period = _period(table)
    columns = {
        "REF_AREA": pl.col("REF_AREA"),
        **{name: pl.col(name).replace(codes[name]) for name in ("MEASURE", "INDICATOR")},
        **({period: pl.col("TIME_PERIOD")} if period else {}),
        "OBS_VALUE": pl.col("OBS_VALUE").cast(pl.String).fill_null("NaN"),  # SDMX 3.0: a number that is missing
        **{name: pl.col(name) for name in _ATTRIBUTES if name in table.columns},
        "OBS_STATUS": pl.col("OBS_STATUS").replace(codes["OBS_STATUS"]),
    }
    structure = Structure(
        agency=_agency(result),
        name=_slug(text(result.definition.name)) or "INDEX",
        version=VERSION,
        titles={language: text(result.definition.name, language) for language in languages},
        components=tuple(_components(result, columns, period, codes, entries, languages)),
        date=result.definition.publication.date if result.definition.publication else None,
    )
    frame = table.select(
        pl.lit("dataflow").alias("STRUCTURE"),
        pl.lit(structure.dataflow).alias("STRUCTURE_ID"),
        pl.lit("I").alias("ACTION"),
        *(column.alias(name) for name, column in columns.items()),
    )
    return {"": render(escape_formulas(frame), "csv"), ".structure.xml": structure_message(structure)}


def _period(table: pl.DataFrame) -> str | None:
    """Return the dimension of the periods; None without periods, PERIOD for periods that are no time of SDMX."""
    periods = table["TIME_PERIOD"]
    if periods.null_count() == len(periods):
        return None
    return "TIME_PERIOD" if periods.fill_null("").str.contains(_TIME).all() else "PERIOD"


def _components(
    result: Result,
    columns: Iterable[str],
    period: str | None,
    codes: Mapping[str, Mapping[str, str]],
    entries: Sequence[CodebookEntry],
    languages: Sequence[str],
) -> Iterable[Component]:
    """Yield the components of the data structure in the order of the columns."""
    titles = {entry.column: entry.name for entry in entries if not entry.code}
    roles = {"OBS_VALUE": "measure", "TIME_PERIOD": "time", **dict.fromkeys(_ATTRIBUTES, "attribute")}
    for name in columns:
        names: dict[str, Mapping[str, str]] | None = None
        if name == "REF_AREA":
            names = _areas(result, languages)
        elif name in codes:
            by_code = {entry.code: entry.name for entry in entries if entry.code and entry.column == name}
            names = {codes[name][code]: by_code[code] for code in codes[name]}
        title = titles["TIME_PERIOD" if name == period else name]
        kind = "Double" if name in ("OBS_VALUE", "STANDARD_ERROR") else "String"
        originals = {written: code for code, written in codes.get(name, {}).items() if written != code}
        yield Component(name, roles.get(name, "dimension"), title, kind, names, originals)


def _areas(result: Result, languages: Sequence[str]) -> dict[str, Mapping[str, str]] | None:
    """Return the names of the units by code; None if a unit has a name that is no code."""
    units, data = result.scored.units, result.definition.data
    keys = units[result.unit].cast(pl.String).to_list()
    if not all(key and _CODE.fullmatch(key) for key in keys):
        return None
    names = {language: reader_names(units, data, language) for language in languages}
    return {key: {language: names[language][at] for language in languages} for at, key in enumerate(keys)}


def _codes_of(values: Iterable[str]) -> dict[str, str]:
    """Return a code of SDMX for each text; texts that are codes stay as they are.

    >>> _codes_of(["gdp", "CO₂ per head", "CO2 per-head", "收入"])
    {'gdp': 'gdp', 'CO₂ per head': 'CO2_per_head', 'CO2 per-head': 'CO2_per-head', '收入': 'CODE_1'}
    """
    values = list(values)
    codes = {value: value for value in values if _CODE.fullmatch(value)}
    used = set(codes.values())
    for value in values:
        if value in codes:
            continue
        ascii_text = normalize("NFKD", value).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^A-Za-z0-9_@$-]+", "_", ascii_text).strip("_@-") or "CODE"
        candidates = (stem if number == 0 else f"{stem}_{number}" for number in range(stem == "CODE", len(values) + 2))
        codes[value] = next(code for code in candidates if code not in used)
        used.add(codes[value])
    return {value: codes[value] for value in values}


def _agency(result: Result) -> str:
    """Return the publisher as the identifier of an agency."""
    publication = result.definition.publication
    return _slug(text(publication.publisher) if publication else "") or "INDICIA"


def _slug(name: str) -> str:
    """Return a name as an identifier, which begins with a letter; empty without Latin letters."""
    words = re.findall("[A-Z0-9]+", normalize("NFKD", name).encode("ascii", "ignore").decode().upper())
    return re.sub("^[^A-Z]+", "", "_".join(words))[:60].rstrip("_")


_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/"
_NAMES = {"mes": f"{_ROOT}message", "str": f"{_ROOT}structure", "com": f"{_ROOT}common"}
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_URN = "urn:sdmx:org.sdmx.infomodel"
_FIRST_YEAR = 4
"""The number of digits of a year, the shortest date."""


@dataclass(frozen=True)
class Component:
    """A column of SDMX-CSV: a dimension, the measure or an attribute."""

    id: str
    role: str
    """dimension, time, measure or attribute."""
    titles: Mapping[str, str]
    """The name by language."""
    kind: str = "String"
    """The type of values without codes."""
    codes: Mapping[str, Mapping[str, str]] | None = None
    """The names of codes by language; None if the values are no codes."""
    originals: Mapping[str, str] = field(default_factory=dict)
    """The identifiers of the index file that are no codes of SDMX, by code."""


@dataclass(frozen=True)
class Structure:
    """The data structure of a table."""

    agency: str
    name: str
    version: str
    titles: Mapping[str, str]
    components: tuple[Component, ...]
    date: str | None = None
    """The date of publication, such as 2024 or 2024-03-31."""

    @property
    def dataflow(self) -> str:
        """The identifier of the dataflow, as in the column STRUCTURE_ID."""
        return f"{self.agency}:DF_{self.name}({self.version})"


def structure_message(structure: Structure) -> bytes:
    """Return the message as XML."""
    for prefix, address in _NAMES.items():
        ElementTree.register_namespace(prefix, address)
    message = _Message(structure).root()
    ElementTree.indent(message, " ")
    content: bytes = ElementTree.tostring(message, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


class _Message:
    """Writes the elements of a message."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.maintained = {"agencyID": structure.agency, "version": structure.version, "isExternalReference": "false"}

    def root(self) -> ElementTree.Element:
        """Return the message."""
        structure = self.structure
        root = ElementTree.Element(_tag("mes:Structure"))
        header = _add(root, "mes:Header")
        _add(header, "mes:ID", text=f"{structure.agency}_{structure.name}")
        _add(header, "mes:Test", text="false")
        _add(header, "mes:Prepared", text=_prepared(structure.date))
        _add(header, "mes:Sender", id=structure.agency)
        content = _add(root, "mes:Structures")
        flow = self._maintainable(_add(content, "str:Dataflows"), "str:Dataflow", f"DF_{structure.name}")
        _add(flow, "str:Structure", text=self._urn("datastructure.DataStructure", f"DSD_{structure.name}"))
        self._codelists(content)
        scheme = self._maintainable(_add(content, "str:ConceptSchemes"), "str:ConceptScheme", f"CS_{structure.name}")
        for component in structure.components:
            _names(_add(scheme, "str:Concept", id=component.id), component.titles)
        self._data_structure(_add(content, "str:DataStructures"))
        return root

    def _codelists(self, content: ElementTree.Element) -> None:
        parent = _add(content, "str:Codelists")
        for component in self.structure.components:
            if component.codes is None:
                continue
            codes = self._maintainable(parent, "str:Codelist", self._codelist(component), component.titles)
            for code, names in component.codes.items():
                element = _add(codes, "str:Code", id=code)
                if code in component.originals:
                    annotation = _add(_add(element, "com:Annotations"), "com:Annotation")
                    _add(annotation, "com:AnnotationTitle", text=component.originals[code])
                    _add(annotation, "com:AnnotationType", text="ID_IN_INDEX_FILE")
                _names(element, names)

    def _data_structure(self, parent: ElementTree.Element) -> None:
        data_structure = self._maintainable(parent, "str:DataStructure", f"DSD_{self.structure.name}")
        components = _add(data_structure, "str:DataStructureComponents")
        by_role: dict[str, list[Component]] = {}
        for component in self.structure.components:
            by_role.setdefault(component.role, []).append(component)
        dimensions = _add(components, "str:DimensionList", id="DimensionDescriptor")
        for position, component in enumerate(by_role["dimension"], 1):
            self._represent(_add(dimensions, "str:Dimension", id=component.id, position=str(position)), component)
        for component in by_role.get("time", ()):
            time = _add(dimensions, "str:TimeDimension", id=component.id)
            self._concept(time, component)
            _add(_add(time, "str:LocalRepresentation"), "str:TextFormat", textType="ObservationalTimePeriod")
        attributes = _add(components, "str:AttributeList", id="AttributeDescriptor")
        for component in by_role["attribute"]:
            attribute = _add(attributes, "str:Attribute", id=component.id, usage="optional")
            self._represent(attribute, component)
            _add(_add(attribute, "str:AttributeRelationship"), "str:Observation")
        measures = _add(components, "str:MeasureList", id="MeasureDescriptor")
        for component in by_role["measure"]:
            self._represent(_add(measures, "str:Measure", id=component.id, usage="optional"), component)

    def _represent(self, element: ElementTree.Element, component: Component) -> None:
        """Add the concept of a component, and its codes or the type of its values."""
        self._concept(element, component)
        representation = _add(element, "str:LocalRepresentation")
        if component.codes is None:
            _add(representation, "str:TextFormat", textType=component.kind)
        else:
            urn = self._urn("codelist.Codelist", self._codelist(component))
            _add(representation, "str:Enumeration", text=urn)

    def _concept(self, element: ElementTree.Element, component: Component) -> None:
        urn = self._urn("conceptscheme.Concept", f"CS_{self.structure.name}")
        _add(element, "str:ConceptIdentity", text=f"{urn}.{component.id}")

    def _codelist(self, component: Component) -> str:
        return f"CL_{self.structure.name}_{component.id}"

    def _maintainable(
        self, parent: ElementTree.Element, name: str, identifier: str, titles: Mapping[str, str] | None = None
    ) -> ElementTree.Element:
        element = _add(parent, name, id=identifier, **self.maintained)
        _names(element, self.structure.titles if titles is None else titles)
        return element

    def _urn(self, kind: str, identifier: str) -> str:
        return f"{_URN}.{kind}={self.structure.agency}:{identifier}({self.structure.version})"


def _prepared(date: str | None) -> str:
    """Return the date of publication in the form of a message; the date of workbooks for an index without one.

    The time of the run would give the same index other bytes each time.
    """
    if date is None:
        return "2000-01-01T00:00:00Z"
    return f"{date}{'-01-01'[len(date) - _FIRST_YEAR :] if len(date) < len('2000-01-01') else ''}T00:00:00Z"


def _names(element: ElementTree.Element, names: Mapping[str, str]) -> None:
    for language, name in names.items():
        _add(element, "com:Name", text=name).set(_XML_LANGUAGE, language)


def _add(parent: ElementTree.Element, name: str, *, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, _tag(name), attributes)
    if text is not None:
        element.text = xml_text(text)
    return element


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMES[prefix]}}}{local}"
