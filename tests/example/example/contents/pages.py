"""What is said of a page, and how pages are put together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page, which does something when it is visited."""

    name: str
    """Name of its URL."""
    title: str
    shows: str
    look: str
    """What to look at in the panel."""
    code: tuple[str, ...]
    """Dotted paths of the functions and classes whose source it shows."""
    kind: str = ""
    """Either "implicit" or "explicit", where that is what is compared."""
    findings: tuple[str, ...] = ()
    """Codes of what the panel finds, where the page is about that: the one it shows comes first."""


@dataclass(frozen=True)
class Comparison:
    """Pages that are best read side by side."""

    title: str
    left: tuple[Page, ...]
    right: tuple[Page, ...] = ()


@dataclass(frozen=True)
class Section:
    """The pages of one app."""

    app: str
    about: str
    comparisons: tuple[Comparison, ...]
