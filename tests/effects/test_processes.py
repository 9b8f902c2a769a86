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
from django.dispatch import Signal
from reports import build

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


@pytest.mark.parametrize("start", [asyncio.create_subprocess_exec, imported_by_name])
def test_errors(start):
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
            await start("no-such-program-")

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


# Its time -------------------------------------------------------------------------------


@pytest.fixture
def waiting(clock, monkeypatch):
    """Each wait takes 50 ms, whatever the process takes."""
    real = subprocess.Popen._wait

    def slow(self, timeout):
        clock.tick(50)
        return real(self, timeout)

    monkeypatch.setattr(subprocess.Popen, "_wait", slow)
    return clock


def test_it_lasts_until_it_was_last_waited_for(waiting):
    def works():
        process = subprocess.Popen(["sleep", "60"])
        waiting.tick(7)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0)
        waiting.tick(7)
        process.kill()
        process.wait()
        # It is known to be over.
        waiting.tick(500)
        process.wait()

    (effect,) = processes_of(works)
    assert effect.duration_ms == 114


def test_never_waited_for_it_is_what_it_took_to_start(waiting):
    started = []

    def works():
        started.append(subprocess.Popen(["sh", "-c", "exit 1"]))
        waiting.tick(500)

    (effect,) = processes_of(works)
    assert (effect.duration_ms, effect.result) == (0, None)
    started[0].wait()
    assert (effect.duration_ms, effect.result) == (0, None)


def test_who_else_waits_doesn_t_extend_it(waiting):
    outer, inner, started = Signal(), Signal(), []

    def waits(**kwargs):
        with pytest.raises(subprocess.TimeoutExpired):
            started[0].wait(0)

    def starts(**kwargs):
        started.append(subprocess.Popen(["sleep", "60"]))
        inner.send(None)

    def comes_later(**kwargs):
        started[0].kill()
        started[0].wait()

    outer.connect(starts)
    outer.connect(comes_later)
    inner.connect(waits)
    with record_signals() as recording:
        outer.send(None)
    first, later = recording.dispatches[0].calls
    (effect,) = first.effects
    assert (effect.duration_ms, effect.result) == (0, None)
    assert later.effects == first.dispatches[0].calls[0].effects == []


def test_in_a_block_of_the_same_receiver(waiting):
    def works():
        process = subprocess.Popen(["sh", "-c", "exit 1"])
        with record_signals():
            process.wait()

    (effect,) = processes_of(works)
    assert (effect.duration_ms, effect.result) == (50, "exit 1")


@pytest.mark.parametrize("max_kept", [10_000, 1, 3])
def test_sums_are_exact_when_it_is_added_up(waiting, settings, max_kept):
    settings.SIGNALS_PANEL = {"MAX_KEPT": max_kept}
    signal = Signal()

    def works(**kwargs):
        subprocess.run(["sh", "-c", "exit 1"], check=False)

    signal.connect(works)
    with record_signals() as recording:
        for _ in range(4):
            signal.send(None)
    assert recording.totals.effects == {"process": 4}
    rows = [row for row in build(recording)["rows"] if row["kind"] == "effect"]
    assert sum(row["count"] for row in rows) == 4
    assert sum(row["ms"] for row in rows) == 200
    assert {row["longest_ms"] for row in build(recording)["effects"]} == {50}
    # run() waits once more for what is known to be over, which is the receiver's time alone.
    calls = [row for row in build(recording)["rows"] if row["kind"] == "call"]
    assert sum(row["ms"] for row in calls) == 400


def test_asyncio_s_sums_are_exact_when_it_is_added_up(settings):
    settings.SIGNALS_PANEL = {"MAX_KEPT": 1}

    async def works():
        for _ in range(3):
            process = await asyncio.create_subprocess_exec("sh", "-c", "exit 1")
            await process.wait()

    signal = Signal()

    async def receiver(**kwargs):
        await works()

    signal.connect(receiver)
    with record_signals() as recording:
        asyncio.run(signal.asend(None))
    assert recording.totals.effects == {"process": 3}
    (row,) = [row for row in build(recording)["rows"] if row["kind"] == "effect"]
    assert row["count"] == 3


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
