"""Mail: each delivery that a backend is asked for, of one message or of several.

All of Django's ways to send lead to a backend's ``send_messages``. It keeps the subject, cut at 80
characters, how many recipients there are, and the mailer's alias or which backend it is; never an
address, a header, a body or an attachment. Of a backend that hands on to another, the outermost
is one.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from signals_panel.describe import class_module, class_name, cut, error_text, stored, text_of
from signals_panel.effects.backends import backends_of, imported, setting_of
from signals_panel.effects.kinds import EffectKind, Invocation, Owner, watch

MAIL = EffectKind("mail", "mail delivery", "mail deliveries", "Mail", "mail")

_MAX_SUBJECT = 80
# Of several messages, these subjects are shown, and they are shorter.
_MAX_SUBJECTS = 3
_MAX_OF_SEVERAL = 40
# Of more messages than these the recipients aren't counted.
_MAX_COUNTED = 1_000

_DJANGOS = "django.core.mail.backends."

# What Django's lazy translations have of the text to be translated, among their arguments.
_LAZY = {type(gettext_lazy("")): 0, type(pgettext_lazy("", "")): 1}


def _messages(operation: Invocation) -> Any:
    """What is to be sent; backends call their parameter as they like."""
    given = operation.args or tuple(operation.kwargs.values())
    return given[0] if given else None


def _is_known(value: Any) -> bool:
    """Whether it can be gone through twice, without calling code of the program's."""
    return type(value) in (list, tuple, set, frozenset)


def _describe(operation: Invocation) -> tuple[str, str, str, None]:
    alias = _alias(operation.owner)
    messages = _messages(operation)
    if not _is_known(messages):
        # What can be gone through once is the program's to go through.
        return "messages", alias, "", None
    messages = list(messages)
    if not messages:
        return "no messages", alias, "", None
    if len(messages) == 1:
        subject = _subject(messages[0], _MAX_SUBJECT)
    else:
        subjects = [_subject(each, _MAX_OF_SEVERAL) for each in messages[:_MAX_SUBJECTS]]
        more = ", …" if len(messages) > _MAX_SUBJECTS else ""
        subject = f"{len(messages):,} messages: {', '.join(subjects)}{more}"
    return f"{subject}{_to(messages)}", alias, "", None


def _subject(message: Any, length: int) -> str:
    subject = stored(message, "subject")
    position = _LAZY.get(type(subject))
    if position is not None:
        arguments = stored(subject, "_args")
        if type(arguments) is tuple and len(arguments) > position:
            # As it is before its translation.
            subject = arguments[position]
    # What a template makes of it may be in several lines.
    text = " ".join(text_of(subject)[: 2 * length].split()) if subject is not None else ""
    return cut(text, length) or "(no subject)"


def _to(messages: list[Any]) -> str:
    """How many recipients, where that is known of every message."""
    if len(messages) > _MAX_COUNTED:
        return ""
    number = 0
    for message in messages:
        for name in ("to", "cc", "bcc"):
            addresses = stored(message, name)
            if not _is_known(addresses):
                return ""
            # Django leaves out empty ones, too.
            number += sum(type(each) is not str or each != "" for each in list(addresses))
    return f" ({number:,} recipient{'s'[: number != 1]})"


def _alias(backend: Any) -> str:
    """The mailer's alias; which backend it is where mailers have none."""
    alias = stored(backend, "alias")
    if type(alias) is str and alias:
        return cut(alias, _MAX_SUBJECT)
    kind = type(backend)
    module, name = class_module(kind), class_name(kind)
    if module.startswith(_DJANGOS):
        return module.removeprefix(_DJANGOS)
    # Many are called as Django's are.
    return f"{module.rpartition('.')[2]}.{name}" if name == "EmailBackend" else name


def _result(operation: Invocation, value: Any) -> str | None:
    if type(value) is not int:
        return None
    messages = _messages(operation)
    if not _is_known(messages):
        return f"{value:,} sent"
    return None if value == len(messages) else f"{value:,} of {len(messages):,} sent"


def _error(error: BaseException) -> str:
    """Without the addresses that ``smtplib`` has in its errors of recipients and senders."""
    text = error_text(error)
    return text if "@" not in text else f"{class_name(type(error))} (its message has an address)"


def _backends() -> list[Owner]:
    """The base of all backends, and those of the settings, which need not be built on it."""
    if setting_of("MAILERS") is None:
        found = imported(setting_of("EMAIL_BACKEND"))
    else:
        found = backends_of("MAILERS", default=f"{_DJANGOS}smtp.EmailBackend")
    return [f"{_DJANGOS}base.BaseEmailBackend", *found]


watch(
    MAIL,
    owners=_backends,
    with_subclasses=True,
    methods=["send_messages"],
    describe=_describe,
    result=_result,
    error=_error,
)
