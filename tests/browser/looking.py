"""The pages that are opened, and how tests find their way in the panel."""

from __future__ import annotations

LOOP = "/showcase/loop/"
CASCADE = "/shop/cascade/"


def tab(content, name):
    return content.get_by_role("tab", name=name)


def view(content, name):
    tab(content, name).click()
    return content.get_by_role("tabpanel", name=name)


def tool(content, name):
    """A button for taking the report along: in the title bar, or in the panel."""
    return content.page.locator("#FiredSignalsPanel").get_by_role("button", name=name)


def rows(content):
    """The rows of the tree that are to be seen."""
    return content.locator(".fsp-cascade tbody tr[data-level]:visible")


def call(content, name):
    return content.locator(".fsp-cascade .fsp-call").filter(has_text=name).first


def names(locator):
    """What receivers are called, in order."""
    return [text.rpartition(".")[2] for text in locator.locator("td .fsp-open").all_inner_texts()]
