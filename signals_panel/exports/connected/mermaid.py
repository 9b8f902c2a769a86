"""As a Mermaid flowchart: senders, their signals, and the receivers that these call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from signals_panel.exports.connected.contents import Contents, without_djangos
from signals_panel.wiring import ConnectedReceiver, ConnectedSignal
from signals_panel.wording.connected import NO_RECEIVERS, sender_text, signal_text

# All that Mermaid may read as anything but a character of a label.
_UNSAFE = re.compile(r"[^\w .()\[\]/-]")
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9._]")

_SQUARE, _ROUND = ("[", "]"), ("([", "])")


def mermaid(contents: Contents) -> str:
    """The flowchart; what has several receivers numbers them as they run."""
    shown = without_djangos(contents)
    lines = [line for signal in shown.signals for line in _signal(signal)]
    return "\n  ".join(["flowchart LR", *(lines or [_node("nothing", NO_RECEIVERS)])]) + "\n"


def _signal(signal: ConnectedSignal) -> Iterator[str]:
    # Each sender's signal is a node of its own: or nobody could tell whose receivers are whose.
    for sender, group in groupby(sorted(signal.receivers, key=_by_sender), key=_by_sender):
        receivers = list(group)
        sending = _node(_id("sender", sender), sender_text(receivers[0].sender))
        signal_id = _id("signal", sender, signal.signal)
        yield f"{sending} --> {_node(signal_id, signal_text(signal.signal), _ROUND)}"
        for number, each in enumerate(receivers, 1):
            arrow = f"-- {number} -->" if len(receivers) > 1 else "-->"
            yield f"{signal_id} {arrow} {_node(_id('receiver', each.receiver), each.receiver)}"


def _by_sender(each: ConnectedReceiver) -> str:
    return each.sender or ""


def _id(*parts: str) -> str:
    """A node's id: another one for other words, and the same in each process."""
    return "!!".join(_NOT_IN_IDS.sub(lambda found: f"!{ord(found[0]):x}!", each) for each in parts)


def _node(node_id: str, text: str, shape: tuple[str, str] = _SQUARE) -> str:
    begin, end = shape
    return f'{node_id}{begin}"{_label(text)}"{end}'


def _label(text: str) -> str:
    # Mermaid's own way to write a character by its number.
    return _UNSAFE.sub(lambda found: f"#{ord(found[0])};", text)
