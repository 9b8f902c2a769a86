"""A node to be read, and what all views of nodes share."""

from __future__ import annotations

from typing import Generic, TypeVar

from signals_panel.describe import CallSite, SourceLine
from signals_panel.recording import (
    CallNode,
    DeferredNode,
    DispatchNode,
    EffectNode,
    OperationNode,
    Root,
)

N = TypeVar("N", bound="Root | DispatchNode | CallNode | EffectNode | OperationNode | DeferredNode")

NS_PER_MS = 1_000_000


class View(Generic[N]):
    """A node to be read; two views of one node are equal."""

    __slots__ = ("__weakref__", "_node")

    def __init__(self, node: N) -> None:
        self._node = node

    def __eq__(self, other: object) -> bool:
        # A node is in one recording only, so that its identity is all there is to compare.
        return isinstance(other, View) and self._node is node_of(other)

    def __hash__(self) -> int:
        return hash(self._node)


def line_of(site: CallSite | None) -> SourceLine | None:
    """The line of a call site, where it is anybody's to name."""
    return site.line if site is not None else None


def via_of(site: CallSite | None) -> list[SourceLine]:
    """The lines on the way to it that only delegated, innermost first."""
    return site.via_lines if site is not None else []


def node_of(view: View[N]) -> N:
    """The node that a view shows."""
    return view._node  # noqa: SLF001 - the one door to it
