"""The documentation site: ``make docs`` builds it into ``build/site``, with warnings as errors."""

from importlib.metadata import version as version_of

project = "Layers of convolutional networks"
author = "The authors of the course kit"
copyright = f"2026, {author}"  # noqa: A001  Sphinx's name
version = release = version_of("cs231n-course-kit")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx-mathjax-offline",
]
templates_path = ["templates"]
html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "show_toc_level": 2,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}

# Notebooks arrive executed (tools/execute.py); a page runs no widgets.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
myst_dmath_double_inline = True

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it, with shapes
napoleon_google_docstring = False
napoleon_use_ivar = True  # an attribute may be a property, too
napoleon_use_rtype = False
add_module_names = False
toc_object_entries_show_parents = "hide"
python_maximum_signature_line_length = 100

# What lies beside the docs in the repository stands elsewhere on the site.
PLACES = {"](../assignments/": "](worked/", "](../cs231n_lib/layers)": "](reference.md)"}


def on_the_site(_app, _name, source):
    """Turn links into the repository to the pages of the site."""
    for there, here in PLACES.items():
        source[0] = source[0].replace(there, here)


def setup(app):
    """Tell Sphinx."""
    app.connect("source-read", on_the_site)
