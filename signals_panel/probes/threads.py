"""The probe on work handed to another thread by asgiref's ``sync_to_async``.

``await product.asave()`` runs ``save()`` in a thread whose stack has no frame of the project:
the line that awaits is on the other side. It is looked up there, and taken along in the
context that asgiref copies to the thread.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

from asgiref.sync import SyncToAsync

from signals_panel.describe import find_site
from signals_panel.probes.patches import Layer, Method, Patches
from signals_panel.probes.steps import Stepped
from signals_panel.recording import current, handed_over_from, take_fault


def _call_method(original: Method, layer: Layer) -> Method:
    @functools.wraps(original)
    async def __call__(self: SyncToAsync[Any, Any], *args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        node = current.get()
        if node is None or not layer.active:
            return await original(self, *args, **kwargs)
        try:
            # Without a frame of the project in a task of its own, what the task inherited.
            site = find_site(sys._getframe(1), handed_over_from.get)
        except Exception as error:
            if not take_fault(node.root, "a hand-over to a thread", error):
                raise
            site = None
        return await Stepped(original(self, *args, **kwargs), handed_over_from, site)

    return __call__


probe = Patches(SyncToAsync, {"__call__": _call_method})
