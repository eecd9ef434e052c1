"""Options of Sphinx for the documentation site; `indicia_site` writes the pages."""

from importlib.metadata import version as version_of
from pathlib import Path

project = "Indicia"
author = "The Indicia developers"
copyright = "the Indicia developers"  # noqa: A001
version = release = version_of("indicia")

extensions = ["myst_parser", "indicia_site.extension"]
myst_enable_extensions = ["colon_fence", "dollarmath", "attrs_block", "attrs_inline"]
myst_heading_anchors = 4
myst_dmath_allow_space = False
myst_dmath_allow_digits = False
toc_object_entries_show_parents = "hide"
python_maximum_signature_line_length = 80
add_module_names = False
suppress_warnings = ["ref.python"]  # two contracts may have a class of the same name, such as Finding

html_theme = "furo"
html_title = "Indicia"
html_math_renderer = "mathml"
html_search_language = "en-zh"
html_search_scorer = str(Path(__file__).with_name("scorer.js"))
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_search_summary = False  # a page that is opened as a file may not read other pages
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {"navigation_with_keys": True}
