"""Tells Django that there is this command, in a source tree.

Django looks for the names of commands in the app's folder, which is this one here because
``templates/`` and ``static/`` are in it, and then imports
``signals_panel.management.commands.signals``. In the wheel all of them are in the package.
"""
