"""How the site is built: `nox -s docs`."""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "_ext"))

import openup

project = "openup"
author = "the openup contributors"
copyright = "2026, the openup contributors; the quotations are their speakers' and publisher's"
version = release = openup.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "from_package"]
exclude_patterns = ["_build", "_measured", "playground"]
source_suffix = {".md": "markdown"}
templates_path = ["_templates"]
suppress_warnings = ["myst.strikethrough"]

myst_enable_extensions = ["attrs_inline", "attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3
smartquotes = False  # Quotes are verbatim, down to the apostrophe.

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
napoleon_google_docstring = True
napoleon_use_ivar = True
# Docstrings name things in single backticks; those that exist become links.
default_role = "py:obj"
python_use_unqualified_type_names = True
toc_object_entries = False

html_theme = "furo"
html_title = "openup"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/playground.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1f5f5b",
        "color-brand-content": "#1f6f6a",
        "color-brand-visited": "#5a4a78",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7fc4bd",
        "color-brand-content": "#86cfc7",
        "color-brand-visited": "#b9a9dc",
    },
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
