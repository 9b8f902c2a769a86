"""What is connected, and what the command that lists it says."""

from __future__ import annotations

from signals_panel.wiring import ConnectedReceiver, Run, UnknownName

TITLE = "Signals"
MODELS_HEADING = "What runs for a model"
SIGNALS_HEADING = "What is connected"
UNHEARD_HEADING = "No receivers"
NOT_DJANGOS = (
    "Receivers stand in the order in which they run. Django's own aren't listed, nor are the "
    "signals of packages that nobody else hears."
)
NO_RECEIVERS = "no receivers"
COLUMNS = ("Sender", "Receiver", "File", "Connected with")

SAVED, DELETED = "If it is saved:", "If it is deleted:"
DELETED_WITH = "For what is deleted with it:"
RELATED = "If its many-to-many relations change:"
NOT_SAVED, NOT_DELETED = "Nothing runs if it is saved.", "Nothing runs if it is deleted."


def made_by_text(command: str) -> str:
    """Where a file comes from, for its reader: ``command`` is what writes it."""
    return f"Written by {command}: to change it, change the code and run that again."


def sender_text(sender: str | None) -> str:
    """``shop.Product``; a receiver without a sender hears all of them."""
    return "any sender" if sender is None else sender


def run_text(run: Run, model: str) -> str:
    """``post_save``; with its sender where that isn't the model whose work it is."""
    name = signal_text(run.signal)
    return name if run.sender == model else f"{name} from {run.sender}"


def signal_text(signal: str) -> str:
    """``post_save``: the signal's name without its module."""
    return signal.rpartition(".")[2]


def how_texts(receiver: ConnectedReceiver) -> list[str]:
    """How a receiver is connected, where that isn't as usual; as arguments of ``connect()``."""
    uid = receiver.dispatch_uid
    return [
        *(["async"] if receiver.is_async else []),
        *([] if receiver.weak else ["weak=False"]),
        *([] if uid is None else [f'dispatch_uid="{uid}"']),
    ]


def runs_titles(model: str) -> tuple[str, str, str, str]:
    """The headings of what runs if it is saved, deleted, with what is deleted, and related."""
    return (
        f"If {model} is saved",
        f"If {model} is deleted",
        f"For what is deleted with {model}",
        f"If many-to-many relations of {model} change",
    )


def models_titles() -> tuple[str, str]:
    """The headings of the project's models, and of all others."""
    return "Models of the project", "Models of Django and other packages"


# The command ---------------------------------------------------------------------------

HELP = (
    "Lists every signal that is connected, with its receivers, in the order in which they run. "
    "Knows what is loaded once the apps are ready: a receiver in a module that only views import "
    "isn't connected yet."
)
HELP_MODEL = "What runs for this model: shop.Product"
HELP_SIGNAL = "This signal alone: post_save, or its dotted path"
HELP_APP = "What the app with this label sends, defines or hears"
HELP_FORMAT = "text unless --check says otherwise"
HELP_CHECK = (
    "Compare with this file and end with an error if it differs; its format is that of its ending "
    "(.md, .mmd, .json or .txt) or the one of --format"
)


def unknown_text(error: UnknownName) -> str:
    """That there is no such model, signal or app, and which ones there are."""
    near = _or(error.nearest)
    hint = f" Did you mean {near}?" if near else ""
    return f"There is no {error.kind} {error.given!r}{_HERE[error.kind]}.{hint}"


_HERE = {
    "model": " in the installed apps",
    "signal": " in the modules that are loaded",
    "app": " in INSTALLED_APPS",
}


def _or(names: list[str]) -> str:
    *first, last = names or [""]
    return f"{', '.join(first)} or {last}" if first else last


def missing_text(path: str, command: str) -> str:
    """The file to compare with isn't there yet."""
    return f"There is no file {path}. To write it: {command}"


def unreadable_text(path: str, reason: str, command: str) -> str:
    """The file to compare with can't be read."""
    return f"{path} can't be read: {reason}. To write it anew: {command}"


def differs_text(path: str, command: str) -> str:
    """The file to compare with isn't what the code says."""
    return f"{path} isn't what is connected now. To write it anew: {command}"


def no_format_text(path: str, endings: list[str]) -> str:
    """A file's ending doesn't tell its format."""
    return f"The ending of {path} is none of {', '.join(endings)}: say its format with --format."
