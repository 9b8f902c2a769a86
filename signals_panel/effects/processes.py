"""Processes that the program starts: by ``subprocess``, and what is built on it, or ``asyncio``.

It keeps the program's name, without its folder and arguments, and how it ended. The time is that
of starting it, and goes on to the end of the last time that the receiver which started it has
waited for it.
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import PosixPath, PurePosixPath, PureWindowsPath, WindowsPath
from typing import Any

from signals_panel.describe import error_text, own_dict
from signals_panel.effects.kinds import EffectKind, Invocation, watch
from signals_panel.effects.lasting import lasting, remember
from signals_panel.recording import EffectNode

PROCESS = EffectKind("process", "process", "processes", "Processes", "process")

_SHELL = "shell command"
_UNKNOWN = "(unknown program)"
# Where they are among the arguments of Popen.
_EXECUTABLE, _SHELL_FLAG = 2, 8


def _describe(operation: Invocation) -> str:
    """What a Popen is made with."""
    if len(operation.args) > _SHELL_FLAG or "shell" in operation.kwargs:
        shell = operation.argument(_SHELL_FLAG, "shell")
        if not (shell is None or shell is False or (type(shell) is int and shell == 0)):
            # Its first word may be anything, a password for what comes next.
            return _SHELL
    program = operation.argument(0, "args")
    if type(program) in (list, tuple):
        program = program[0] if program else None
    return _name(program) or _name(operation.argument(_EXECUTABLE, "executable")) or _UNKNOWN


def _describe_asyncio(operation: Invocation) -> str:
    if operation.method == "create_subprocess_shell":
        return _SHELL
    return _name(operation.argument(0, "program")) or _UNKNOWN


def _name(program: Any) -> str:
    """A program's name; empty for what it can't be told of without code of the program's."""
    if type(program) is bytes:
        program = os.fsdecode(program)
    elif type(program) in (PosixPath, WindowsPath, PurePosixPath, PureWindowsPath):
        # Exactly these, never a subclass of the program's.
        program = str(program)
    if type(program) is not str:
        return ""
    if re.search(r"\s", program) and not os.path.isfile(program):
        # A whole command in place of a name: what follows are arguments.
        program = program.lstrip(' "').split(maxsplit=1)[0] if program.strip(' "') else ""
    return os.path.basename(program.rstrip("/")) or ""


def _error(error: BaseException) -> str:
    """Without the name of a file, which may be a whole command that was taken for one."""
    text = error_text(error)
    if not issubclass(type(error), OSError):
        return text
    number = vars(OSError)["errno"].__get__(error)
    reason = os.strerror(number) if type(number) is int else ""
    return f"{text.partition(':')[0]}: {reason}"


def _remember(effect: EffectNode, operation: Invocation, value: Any) -> None:
    remember(effect, operation.owner if value is None else _popen_of(value))


def _popen_of(process: Any) -> Any:
    """What an asyncio process is made of where that is a Popen; else the process itself."""
    transport = own_dict(process).get("_transport")
    if not isinstance(transport, asyncio.BaseTransport):
        return process
    try:
        # Its own may be anybody's code.
        popen = asyncio.BaseTransport.get_extra_info(transport, "subprocess")
    except AttributeError:
        return process
    return process if popen is None else popen


def _itself(process: Any) -> Any:
    return process


def _outcome(operation: Invocation, value: Any) -> str | None:
    process = operation.owner
    code = own_dict(_popen_of(process)).get("returncode")
    if code is None and type(process) is asyncio.subprocess.Process:
        # Of an event loop that starts processes in another way.
        code = process.returncode
    if type(code) is not int:
        return None
    return f"exit {code}" if code >= 0 else f"signal {-code}"


watch(
    PROCESS,
    owners=["subprocess.Popen"],
    methods=["__init__"],
    describe=_describe,
    error=_error,
    ended=_remember,
)
watch(
    PROCESS,
    # The functions are to be had from both.
    owners=["asyncio", "asyncio.subprocess"],
    methods=["create_subprocess_exec", "create_subprocess_shell"],
    describe=_describe_asyncio,
    error=_error,
    ended=_remember,
)
lasting(
    PROCESS,
    owners=["subprocess.Popen"],
    methods=["wait", "communicate", "__exit__"],
    of=_itself,
    result=_outcome,
)
lasting(
    PROCESS,
    owners=["asyncio.subprocess.Process"],
    methods=["wait", "communicate"],
    of=_popen_of,
    result=_outcome,
)
