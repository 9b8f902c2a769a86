"""How a page of the site is rendered: one template for all of them."""

import inspect
from functools import cache

from django.shortcuts import render
from django.utils.module_loading import import_string

from example.contents import counterparts_of, get_page


def show(request, name, outcome, template="page.html"):
    """Render the page of this URL name, with a sentence about what just happened."""
    return render(request, template, page_context(name, outcome))


def page_context(name, outcome):
    """Return what the page template needs."""
    page = get_page(name)
    return {
        "page": page,
        "outcome": outcome,
        "snippets": [(path, source_of(path)) for path in page.code],
        "counterparts": counterparts_of(page),
    }


@cache
def source_of(path):
    """Return the source of the function or class at a dotted path.

    The pages show the code that ran, so what they show is never out of date.
    """
    return inspect.getsource(import_string(path)).rstrip()
