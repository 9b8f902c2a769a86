"""Units and formats of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from signals_panel.effects import kind_of


def duration_text(ms: float) -> str:
    """Milliseconds with as many digits as mean something: ``0.02 ms``, ``4.8 ms``, ``310 ms``.

    From ten seconds on in larger units: ``12.5 s``, ``1 min 30 s``, ``2 h``. The spaces are ones
    that don't break.
    """
    return _duration(ms).replace(" ", "\N{NO-BREAK SPACE}")


def _duration(ms: float) -> str:
    if not ms:
        return "0 ms"
    if ms < 0.005:
        return "<0.01 ms"
    if ms < 1:
        return f"{ms:.2f} ms"
    if ms < 100:
        return f"{ms:.1f} ms"
    if ms < 9_999.5:
        return f"{ms:,.0f} ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    seconds = round(ms / 1000)
    if seconds < 3600:
        return _two_units(seconds, 60, "min", "s")
    return _two_units(round(seconds / 60), 60, "h", "min")


def _two_units(number: int, size: int, large: str, small: str) -> str:
    whole, rest = divmod(number, size)
    return f"{whole:,} {large} {rest} {small}" if rest else f"{whole:,} {large}"


def share_text(part: float) -> str:
    """``37%``, or ``<1%`` of what is more than nothing."""
    return "<1%" if 0 < part < 0.005 else f"{part:.0%}"


def count_text(number: int, singular: str, plural: str | None = None) -> str:
    """``1 query``, ``2,000 queries``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def effects_text(counts: Mapping[str, int], kinds: Iterable[str] | None = None) -> str:
    """``2 queries, 1 cache operation``: how many of each kind, of those that there are."""
    return ", ".join(
        count_text(counts[name], kind_of(name).singular, kind_of(name).plural)
        for name in (counts if kinds is None else kinds)
        if counts.get(name)
    )
