"""Tasks: each one that is enqueued, with Django's own framework or with Celery.

It keeps the task's path or name, the queue that it was given, and the backend's alias; never an
argument. What a task does that runs at once is inside of the effect.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from signals_panel.describe import class_name, cut, function_path, stored, text_of
from signals_panel.effects.backends import backends_of
from signals_panel.effects.kinds import EffectKind, Invocation, Owner, watch
from signals_panel.effects.work import watch_work

TASK = EffectKind("task", "enqueued task", "enqueued tasks", "Tasks", "task")

_MAX_NAME = 130
_MAX_QUEUE = 50
# Django's own queue where none is given.
_DEFAULT = "default"
_CELERY = "celery"


def _text(name: str, queue: str) -> str:
    name = cut(name, _MAX_NAME)
    return f"{name} (queue {cut(queue, _MAX_QUEUE)})" if queue else name


# Django's own ---------------------------------------------------------------------------


def _describe(operation: Invocation) -> tuple[str, str, str, None]:
    task = operation.argument(0, "task")
    function = stored(task, "func")
    name = function_path(function) if type(function) is FunctionType else class_name(type(task))
    queue = stored(task, "queue_name")
    alias = stored(operation.owner, "alias")
    return (
        _text(name, queue if type(queue) is str and queue != _DEFAULT else ""),
        cut(alias, _MAX_QUEUE) if type(alias) is str else "",
        "",
        None,
    )


def _result(operation: Invocation, value: Any) -> str | None:
    """Its status, which is a member of an enumeration, in a word."""
    status = stored(value, "status")
    word = status if type(status) is str else stored(status, "_value_")
    return cut(word, _MAX_QUEUE).lower() if type(word) is str else None


def _backends() -> list[Owner]:
    """The base of all backends, and those of the settings; before Django 6.0 there are none."""
    return ["django.tasks.backends.base.BaseTaskBackend", *backends_of("TASKS")]


watch(
    TASK,
    owners=_backends,
    with_subclasses=True,
    methods=["enqueue", "aenqueue"],
    describe=_describe,
    result=_result,
)
watch_work(TASK, owners=["django.tasks.base.Task"], methods=["call", "acall"])


# Celery's -------------------------------------------------------------------------------

_STATES = {"SUCCESS": "successful", "FAILURE": "failed"}


def _describe_celerys(operation: Invocation) -> tuple[str, str, str, None]:
    queue = _queue(operation.kwargs.get("queue"))
    if operation.method == "send_task":
        return _text(text_of(operation.argument(0, "name")), queue), _CELERY, "", None
    # The classes of tasks are made as the program runs; both are attributes of theirs.
    task = operation.owner
    return (
        _text(text_of(stored(task, "name")), queue or _queue(stored(task, "queue"))),
        _CELERY,
        "",
        None,
    )


def _queue(queue: Any) -> str:
    """A queue's name: it is given by it, or as an object of Kombu's."""
    name = queue if type(queue) is str else stored(queue, "name")
    return name if type(name) is str else ""


def _celerys_result(operation: Invocation, value: Any) -> str | None:
    """The state of what ran at once; that of anything else is asked of the result backend."""
    state = stored(value, "_state")
    return _STATES.get(state, cut(state, _MAX_QUEUE).lower()) if type(state) is str else None


watch(
    TASK,
    owners=["celery.app.task.Task", "celery.app.base.Celery"],
    with_subclasses=True,
    methods=["apply_async", "send_task"],
    describe=_describe_celerys,
    result=_celerys_result,
)
watch_work(TASK, owners=["celery.app.task.Task"], methods=["apply"])
