"""All that is known of a finished recording."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from signals_panel.analysis.bypassed import bypassed
from signals_panel.analysis.glance import Glance, glance, unheard
from signals_panel.analysis.housekeeping import is_housekeeping
from signals_panel.analysis.silent import Silent, silent_receivers
from signals_panel.analysis.time import TimeSplit, split
from signals_panel.analysis.tree import Tree, TreeCall
from signals_panel.describe import ReceiverName
from signals_panel.recording import Group, Root, sums, with_blocks
from signals_panel.results import Recording, node_of
from signals_panel.wiring import PROJECT, Connections, is_djangos, origin_of


@dataclass(frozen=True)
class Analysis:
    """One recording, before any limit."""

    glance: Glance
    tree: Tree
    time: TimeSplit
    connections: Connections
    """The receivers connected when it ended."""
    silent: list[Silent]
    """Receivers that weren't called, and why."""
    unheard: dict[tuple[str, str | None], int]
    """How often each signal was sent by each sender with no receiver to hear it."""
    unrecorded: dict[tuple[str, str], int]
    """How many sends couldn't be recorded, by the signal's path and the reason."""
    no_room: dict[str, int]
    """How much wasn't kept and is in no sum: ``deferred``, ``transactions``."""
    bulk: list[tuple[str, str]]
    """The bulk operations that ran, and their models."""

    @functools.cached_property
    def receivers(self) -> list[TreeCall]:
        """The calls of all receivers but Django's own, which are nobody's to change."""
        return [
            each
            for each in self.tree.calls
            if not is_housekeeping(each.dispatch, each.call)
            and not is_djangos(each.call.key.receiver)
        ]

    @functools.cached_property
    def projects(self) -> list[TreeCall]:
        """The calls of the project's own receivers."""
        return [each for each in self.receivers if origin_of(each.call.key.receiver) == PROJECT]

    def bypassed(self, operation: Group) -> list[ReceiverName]:
        """The receivers that operations sent nothing to, though their model's saves do.

        Without a row, or with an error alone, nobody was bypassed; but an update may have had rows.
        """
        key = operation.key
        has_run = operation.rows or (key.name == "update" and operation.errors < operation.count)
        return bypassed(key, self.connections) if has_run else []

    def connected_twice(self, dispatch: Group, receiver: ReceiverName) -> int:
        """How often one receiver is called for each send, where that is more than once; else 0."""
        ways = len(self.connections.fitting(dispatch, receiver))
        names = len(self.connections.imported_twice(dispatch, receiver))
        return max(ways if ways > 1 else 0, names)


def analyse(recording: Recording | Root, connections: Connections | None = None) -> Analysis:
    """Make the tree of a recording, once; with what is connected now, unless that is known."""
    root = node_of(recording) if isinstance(recording, Recording) else recording
    connections = connections or Connections()
    tree = Tree(root)
    at_a_glance = glance(root)
    bulk: dict[tuple[str, str], None] = {}
    for each in with_blocks(root):
        bulk.update(each.bulk)
    return Analysis(
        glance=at_a_glance,
        tree=tree,
        time=split(tree, at_a_glance),
        connections=connections,
        silent=silent_receivers(root, tree, connections),
        unheard=unheard(root),
        unrecorded=sums.unrecorded(root),
        no_room=sums.no_room(root),
        bulk=list(bulk),
    )
