"""A hook that is as cheap as it can be while nobody records, since it is there to stay.

Handing arguments on as ``*args`` and ``**kwargs`` costs three times what the hook needs besides.
So it is made with the parameters of the method that it stands for, as ``dataclasses`` makes
methods.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from signals_panel.probes.patches import Method
from signals_panel.recording import current

_NAMES = ("_get_current", "_original", "_recorded")

# In a traceback, a line of a hook is the one below that it was made of.
_LINES_ABOVE = sys._getframe().f_lineno + 1
_SOURCE = """\
{keyword} hook({parameters}):
    __traceback_hide__ = True
    if _get_current() is None:
        return {wait}_original({arguments})
    return {wait}_recorded({arguments})
"""


def passing_through(original: Method, recorded: Callable[..., Any]) -> Method:
    """A function with the parameters of ``original`` that calls it, or ``recorded`` instead.

    Gives ``recorded`` itself, which has to do for whatever it is given, where ``original`` isn't
    a plain function.
    """
    if type(original) is not FunctionType or "__signature__" in vars(original):
        # Its parameters are others than it says, or aren't known.
        return recorded
    parameters, arguments = [], []
    was_keyword_only = False
    for parameter in inspect.signature(original, follow_wrapped=False).parameters.values():
        if parameter.name in _NAMES or parameter.kind is parameter.POSITIONAL_ONLY:
            return recorded
        # The values are those of the original, put in below.
        shown = parameter.name if parameter.default is parameter.empty else f"{parameter.name}=None"
        if parameter.kind is parameter.KEYWORD_ONLY:
            if not was_keyword_only:
                parameters.append("*")
            was_keyword_only = True
            arguments.append(f"{parameter.name}={parameter.name}")
        elif parameter.kind is parameter.VAR_POSITIONAL:
            shown = f"*{parameter.name}"
            was_keyword_only = True
            arguments.append(shown)
        elif parameter.kind is parameter.VAR_KEYWORD:
            shown = f"**{parameter.name}"
            arguments.append(shown)
        else:
            arguments.append(parameter.name)
        parameters.append(shown)
    is_coroutine = inspect.iscoroutinefunction(original)
    source = _SOURCE.format(
        keyword="async def" if is_coroutine else "def",
        wait="await " if is_coroutine else "",
        parameters=", ".join(parameters),
        arguments=", ".join(arguments),
    )
    # Under this module's and file's name, so that its frames are known for the package's own.
    namespace = {
        "__name__": __name__,
        "_get_current": current.get,
        "_original": original,
        "_recorded": recorded,
    }
    exec(compile("\n" * _LINES_ABOVE + source, __file__, "exec"), namespace)  # noqa: S102 - of names alone
    hook: Any = namespace["hook"]
    hook.__defaults__, hook.__kwdefaults__ = original.__defaults__, original.__kwdefaults__
    return hook  # type: ignore[no-any-return]
