"""Processes that receivers start, and wait for or don't."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import os
import pathlib
import subprocess
import sys
import weakref
from asyncio import create_subprocess_exec as imported_by_name

import pytest
from django.db import transaction
from django.dispatch import Signal

from effects.loopback import effects_of, told
from signals_panel import record_signals
from signals_panel.effects.processes import _name
from signals_panel.results import node_of

PYTHON = os.path.basename(sys.executable)


def processes_of(work):
    return effects_of(work, "process")


def test_each_way_to_start_one():
    def works():
        subprocess.run(["sh", "-c", "exit 0"], check=True)
        subprocess.call(["/bin/sh", "-c", "exit 3"])
        assert subprocess.check_output([sys.executable, "-c", "print(1)"]) == b"1\n"
        with os.popen("echo SECRET") as pipe:
            assert pipe.read() == "SECRET\n"
        assert subprocess.getoutput("echo SECRET") == "SECRET"
        with subprocess.Popen(["sleep", "60"]) as process:
            process.kill()

    assert told(processes_of(works)) == [
        ("sh", "exit 0", None),
        ("sh", "exit 3", None),
        (PYTHON, "exit 0", None),
        ("shell command", "exit 0", None),
        ("shell command", "exit 0", None),
        ("sleep", "signal 9", None),
    ]


def test_each_way_to_start_one_by_asyncio():
    async def works():
        first = await asyncio.create_subprocess_exec("/bin/sh", "-c", "exit 3")
        assert await first.wait() == 3
        pipe = asyncio.subprocess.PIPE
        second = await asyncio.create_subprocess_shell("echo SECRET", stdout=pipe)
        assert await second.communicate() == (b"SECRET\n", None)
        third = await asyncio.subprocess.create_subprocess_exec(program=sys.executable, stdin=pipe)
        await third.communicate(b"raise SystemExit(4)")
        # What has been imported before we came is another name for the function.
        fourth = await imported_by_name("sleep", "60")
        fourth.kill()
        await fourth.wait()

    assert told(processes_of(works)) == [
        ("sh", "exit 3", None),
        ("shell command", "exit 0", None),
        (PYTHON, "exit 4", None),
        ("sleep", "signal 9", None),
    ]


def test_errors():
    def works():
        with pytest.raises(FileNotFoundError) as missing:
            subprocess.Popen(["no-such-program-", "--token=SECRET"])
        assert missing.value.filename == "no-such-program-"
        with pytest.raises(FileNotFoundError):
            # A whole command in place of a name.
            subprocess.run("no-such-program- https://u:SECRET@example.com/SECRET", check=True)
        with pytest.raises(subprocess.CalledProcessError):
            subprocess.run([sys.executable, "-c", "raise SystemExit(2)"], check=True)
        with pytest.raises(subprocess.TimeoutExpired):
            subprocess.run(["sleep", "60"], timeout=0.01)

    async def awaits():
        with pytest.raises(FileNotFoundError):
            await asyncio.create_subprocess_exec("no-such-program-")
        with pytest.raises(FileNotFoundError):
            await imported_by_name("no-such-program-")

    error = "FileNotFoundError: No such file or directory"
    assert told(processes_of(works)) == [
        ("no-such-program-", None, error),
        ("no-such-program-", None, error),
        (PYTHON, "exit 2", None),
        ("sleep", "signal 9", None),
    ]
    assert told(processes_of(awaits)) == [("no-such-program-", None, error)] * 2


class Named(str):
    def __str__(self):
        raise AssertionError("this is the program's")


class Path(type(pathlib.Path())):
    def __str__(self):
        raise AssertionError("this is the program's")


class Unfriendly:
    def __getattribute__(self, name):
        raise AssertionError("this is the program's")


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("git", "git"),
        (b"/usr/bin/git", "git"),
        (pathlib.Path("/usr/bin/git"), "git"),
        ("git push https://u:SECRET@h", "git"),
        ('"git" SECRET', 'git"'),
        ("/opt/../bin/git\n SECRET", "git"),
        (" ", ""),
        (Named("git"), ""),
        (Path("git"), ""),
        (Unfriendly(), ""),
        (None, ""),
        (7, ""),
    ],
    ids=map(str, range(12)),
)
def test_names(program, name):
    assert _name(program) == name


def test_a_program_with_a_space_in_its_path(tmp_path):
    program = tmp_path / "my tools" / "a tool"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)

    def works():
        for each in (program, [program], str(program), os.fsencode(program)):
            subprocess.run(each, check=True)
        subprocess.run(["SECRET"], check=True, executable=program)
        subprocess.run("SECRET", check=False, shell=1, stderr=subprocess.DEVNULL)
        with subprocess.Popen("SECRET", -1, None, None, None, subprocess.DEVNULL, None, True, True):
            pass

    names = [effect.text for effect in processes_of(works)]
    assert names == [*["a tool"] * 4, "SECRET", "shell command", "shell command"]


def test_odd_arguments():
    def works():
        for odd in (Unfriendly(), [], [Unfriendly()], 7):
            with pytest.raises((TypeError, AssertionError, IndexError)):
                subprocess.Popen(odd)

    assert {effect.text for effect in processes_of(works)} == {"(unknown program)"}


def test_subclasses():
    class Own(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)

        def wait(self, timeout=None):
            return super().wait(timeout)

    def works():
        with Own(["sh", "-c", "exit 5"]) as process:
            process.communicate()

    assert told(processes_of(works)) == [("sh", "exit 5", None)]


# Without us -----------------------------------------------------------------------------


def test_fifty_at_once_are_each_credited_to_their_own_receiver():
    signal = Signal()

    async def receiver(number, **kwargs):
        process = await asyncio.create_subprocess_exec("sh", "-c", f"exit {number}")
        await process.wait()

    signal.connect(receiver)

    async def one(number):
        with record_signals() as recording:
            await signal.asend(None, number=number)
        return recording

    async def all_of_them():
        return await asyncio.gather(*map(one, range(50)))

    for number, recording in enumerate(asyncio.run(all_of_them())):
        (call,) = recording.dispatches[0].calls
        assert told(call.effects) == [("sh", f"exit {number}", None)]


def test_hooks_look_like_what_they_stand_for():
    owners = {
        subprocess.Popen: ["__init__", "wait", "communicate", "__exit__"],
        asyncio.subprocess.Process: ["wait", "communicate"],
        asyncio: ["create_subprocess_exec", "create_subprocess_shell"],
    }
    plain = {(owner, name): vars(owner)[name] for owner in owners for name in owners[owner]}
    with record_signals():
        for (owner, name), original in plain.items():
            hook = vars(owner)[name]
            assert hook is not original
            assert inspect.signature(hook) == inspect.signature(original)
            assert (hook.__module__, hook.__qualname__) == (
                original.__module__,
                original.__qualname__,
            )
            assert inspect.iscoroutinefunction(hook) == inspect.iscoroutinefunction(original)


def test_neither_a_process_nor_a_recording_is_kept_alive(settings):
    settings.DEBUG = False
    signal, running, gone = Signal(), [], []

    def works(**kwargs):
        for kept in (running, gone):
            process = subprocess.Popen(["sleep", "60"])
            if kept is gone:
                process.kill()
                process.wait()
            kept.append(process if kept is running else weakref.ref(process))
            del process

    signal.connect(works)
    with record_signals() as recording:
        signal.send(None)
    assert [reference() for reference in gone] == [None]
    root = weakref.ref(node_of(recording))
    del recording
    gc.collect()
    assert root() is None
    with contextlib.suppress(ProcessLookupError):
        running[0].kill()
    running[0].wait()


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_what_deferred_work_started_doesn_t_extend_it():
    started = []

    def starts():
        started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"]))

    with record_signals() as recording:
        with transaction.atomic():
            transaction.on_commit(starts)
        started[0].wait()

    (deferred,) = recording.deferred
    (effect,) = deferred.effects
    assert effect.duration_ms <= deferred.duration_ms
