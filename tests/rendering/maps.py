"""How tests read the map of a report, and how they make large ones of signals that are sent."""

from __future__ import annotations

from django.dispatch import Signal
from reports import build

from signals_panel import record_signals
from signals_panel.rendering.map.graph import graph


class Sender:
    """Who sends."""


def recorded(send):
    """The report of what ``send`` does."""
    with record_signals() as recording:
        send()
    return build(recording)


def arrows(found, kinds=("line", "dispatch", "call", "effect", "deferred", "silent", "more")):
    """The edges as ``post_save -> log_product_change``."""
    return [
        f"{source.name} -> {target.name}" for source, target in found.edges if target.kind in kinds
    ]


def named(found, name):
    """The only node of a name."""
    (node,) = [node for node in found.nodes if node.name == name]
    return node


def fan(connect, clock, senders, receivers):
    """Senders on lines of their own, each with receivers, the later the slower; the report."""
    signal = Signal()
    names = {"signal": signal}
    for place in range(senders):
        sender = names[f"Sender{place}"] = type(f"Sender{place}", (), {})
        for number in range(receivers):
            receiver = _receiver(f"receiver_{place}_{number}", clock, number + 1)
            connect(signal, receiver, sender=sender)
    lines = "\n".join(f"signal.send(sender=Sender{place})" for place in range(senders))
    code = compile(lines, __file__.replace("maps.py", "made_up.py"), "exec")
    return recorded(lambda: exec(code, names))


def _receiver(name, clock, ms):
    def receiver(sender, **kwargs):
        clock.tick(ms)

    receiver.__name__ = receiver.__qualname__ = name
    return receiver


def graph_of(send):
    """The graph of what ``send`` does, before anything is folded."""
    return graph(recorded(send))
