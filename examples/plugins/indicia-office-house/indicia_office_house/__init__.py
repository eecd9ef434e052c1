"""The house rules of a statistical office: two checks, a section of the page, a chart, and two formats of files.

The hooks return places, so that a command imports the classes that it uses, and a run imports nothing.
"""

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_checks() -> dict[str, str]:
    return {
        "HO01": "indicia_office_house.checks:SmallGroups",
        "HO02": "indicia_office_house.checks:NoDayOfRelease",
    }


@hookimpl
def indicia_sections() -> dict[str, str]:
    return {"office_release": "indicia_office_house.section:Release"}


@hookimpl
def indicia_charts() -> dict[str, str]:
    return {"office_groups": "indicia_office_house.chart:GroupMeans"}


@hookimpl
def indicia_exporters() -> dict[str, str]:
    return {
        "office_csv": "indicia_office_house.files:OfficeCsv",
        "office_page": "indicia_office_house.files:OfficePage",
    }
