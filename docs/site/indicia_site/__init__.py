"""The documentation site: pages of the repository, and pages that are generated from the code.

`python -m indicia_site FOLDER`, with `docs/site` on the path, writes the sources of the site and builds them with
Sphinx. Each module generates the pages of one part, as a list of `Page`; `sources.py` lists the modules.
"""
