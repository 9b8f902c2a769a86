"""The map's grey nodes: receivers that were connected to its signals, and weren't called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_panel.rendering.map.nodes import Graph, Node
from signals_panel.rendering.short_names import last_part
from signals_panel.wording import reason_text
from signals_panel.wording.map import GONE, NOT_CALLED

# With each model come receivers of others' signals: more than so many are one node.
_MAX_OF_OTHER_SENDERS = 2


def add_silent(
    graph: Graph,
    signals: Mapping[Node, tuple[str, str | None]],
    silent: list[Mapping[str, Any]],
) -> None:
    """Add them below the signal that they might have been called by."""
    of_others: dict[Node, list[Node]] = {}
    for number, row in enumerate(silent):
        source = _signal_of(row, signals)
        if source is None:
            continue
        receiver = row["receiver"]
        name = last_part(receiver) if receiver else GONE
        key = (source, "silent", receiver or number)
        layer = source.layer + 1
        node = graph.node(key, "silent", layer, name, detail=NOT_CALLED, full=receiver or name)
        node.reasons.append(f"{node.full}: {reason_text(row)}")
        if (source, node) not in graph.edges:
            graph.connect(source, node, 0.0, 0)
            if row["reason"] == "other sender":
                of_others.setdefault(source, []).append(node)
    for source, nodes in of_others.items():
        if len(nodes) > _MAX_OF_OTHER_SENDERS:
            graph.replace(nodes, Node("silent", source.layer + 1, "", NOT_CALLED))


def _signal_of(
    row: Mapping[str, Any], signals: Mapping[Node, tuple[str, str | None]]
) -> Node | None:
    """The node of its signal; where several senders sent it, the one that it was connected for."""
    of_signal = [node for node, (signal, _) in signals.items() if signal == row["signal"]]
    of_sender = [node for node in of_signal if signals[node][1] == row["sender"]]
    return next(iter(of_sender or of_signal), None)
