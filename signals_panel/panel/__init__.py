"""The panel in Django Debug Toolbar; all that knows the toolbar is here.

The class stands here under its own name, as ``DEBUG_TOOLBAR_PANELS`` and ``DISABLE_PANELS`` have
it.
"""

from signals_panel.panel.panel import FiredSignalsPanel

# The toolbar's id of the panel, and its module, are made of these.
FiredSignalsPanel.__module__ = __name__

__all__ = ["FiredSignalsPanel"]
