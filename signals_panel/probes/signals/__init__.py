"""The seams of Django's dispatcher: all that sends signals, and all that looks up receivers."""

from signals_panel.probes.signals.own_classes import OwnSends
from signals_panel.probes.signals.send import live_receivers_method, probe

probes = (probe, OwnSends(live_receivers_method))
