"""Mail, under the receiver that sends it: backends of every kind, and where it is sent from."""

from __future__ import annotations

import copy
import io
import smtplib
import socket

import pytest
from aiosmtpd.controller import Controller
from asgiref.sync import sync_to_async
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as LocMemBackend

from effects.mailing import DJANGOS, FROM, HAS_MAILERS, Keeping, message, use
from effects.recorded import Hostile, effects_of, in_a_command, in_many_threads, script


@pytest.fixture
def locmem(settings):
    return use(settings, f"{DJANGOS}.locmem.EmailBackend")


def texts_of(receiver):
    return [text for text, _, _, _ in effects_of(receiver, "mail")]


# Backends -------------------------------------------------------------------------------


class Queue(LocMemBackend):
    """A project's own, which hands on to others."""

    def send_messages(self, messages):
        return super().send_messages(messages) + Keeping(0).send_messages(messages)


class BuiltOnNothing:
    def __init__(self, **kwargs):
        pass

    def send_messages(self, messages):
        return len(messages)


class EmailBackend(LocMemBackend):
    pass


def test_of_a_backend_that_hands_on_the_outermost(locmem):
    assert effects_of(lambda **kwargs: Queue().send_messages([message()]), "mail") == [
        ("Hello (1 recipient)", "Queue", None, None)
    ]


def test_a_project_s_own(settings, locmem):
    alias = use(settings, f"{__name__}.BuiltOnNothing")

    def works(**kwargs):
        message("One").send()
        EmailBackend().send_messages([message("Two")])

    assert effects_of(works, "mail") == [
        # What isn't built on Django's doesn't know its alias.
        ("One (1 recipient)", "BuiltOnNothing", None, None),
        ("Two (1 recipient)", "test_mail_backends.EmailBackend", None, None),
    ]
    assert alias in ("default", "BuiltOnNothing")


def test_the_console(settings, monkeypatch):
    alias = use(settings, f"{DJANGOS}.console.EmailBackend")
    stream = io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    found = effects_of(lambda **kwargs: message().send(), "mail")
    assert found == [("Hello (1 recipient)", alias, None, None)]
    assert "Subject: Hello" in stream.getvalue()


def test_files(settings, tmp_path):
    alias = use(settings, f"{DJANGOS}.filebased.EmailBackend", file_path=str(tmp_path))
    found = effects_of(lambda **kwargs: message().send(), "mail")
    assert found == [("Hello (1 recipient)", alias, None, None)]
    (written,) = tmp_path.iterdir()
    assert "Subject: Hello" in written.read_text()


class Handler:
    """What a mail server does with what it is sent."""

    def __init__(self):
        self.subjects = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.subjects += [
            line[9:].strip()
            for line in envelope.content.decode().splitlines()
            if line.startswith("Subject: ")
        ]
        return "250 OK"


@pytest.fixture
def smtp(settings):
    handler = Handler()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    backend = f"{DJANGOS}.smtp.EmailBackend"
    handler.alias = use(settings, backend, host="127.0.0.1", port=controller.port)
    yield handler
    controller.stop()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_mail_server(smtp):
    def works(**kwargs):
        sent.append(message("One").send())
        sent.append(
            mail.send_mass_mail([("Two", "", FROM, ["a@example.com"]), ("Three", "", FROM, [])])
        )

    sent = []
    assert effects_of(works, "mail") == [
        ("One (1 recipient)", smtp.alias, None, None),
        ("2 messages: Two, Three (1 recipient)", smtp.alias, "1 of 2 sent", None),
    ]
    assert smtp.subjects == ["One", "Two"]
    assert sent == [1, 1]


def test_from_an_async_receiver(smtp):
    async def works(**kwargs):
        await sync_to_async(message("One").send)()

    assert effects_of(works, "mail") == [("One (1 recipient)", smtp.alias, None, None)]
    assert smtp.subjects == ["One"]


def test_errors_without_the_addresses_in_them(smtp):
    def works(**kwargs):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as info:
            message(to=["nobody@example.com"]).send()
        assert list(info.value.recipients) == ["nobody@example.com"]

    assert effects_of(works, "mail") == [
        (
            "Hello (1 recipient)",
            smtp.alias,
            None,
            "SMTPRecipientsRefused (its message has an address)",
        )
    ]


def test_a_server_that_isn_t_there(settings):
    backend = f"{DJANGOS}.smtp.EmailBackend"
    alias = use(settings, backend, host="127.0.0.1", port=free_port())

    def works(**kwargs):
        with pytest.raises(ConnectionRefusedError):
            message().send()

    ((text, found, result, error),) = effects_of(works, "mail")
    assert (text, found, result) == ("Hello (1 recipient)", alias, None)
    assert error.startswith("ConnectionRefusedError: ")


def test_the_very_error(locmem):
    class Breaks(BaseEmailBackend):
        def send_messages(self, email_messages):
            raise error

    error = LookupError("no way")

    def works(**kwargs):
        with pytest.raises(LookupError) as info:
            Breaks().send_messages([message()])
        assert info.value is error

    assert effects_of(works, "mail") == [
        ("Hello (1 recipient)", "Breaks", None, "LookupError: no way")
    ]


def test_what_raises_on_every_attribute(locmem):
    class Touchy(Keeping):
        def __getattribute__(self, name):
            if name in ("send_messages", "__dict__", "value"):
                return super().__getattribute__(name)
            raise RuntimeError(name)

    hostile = Hostile()

    def works(**kwargs):
        for each in (hostile, [hostile], [hostile, message()]):
            touchy = Touchy(hostile)
            assert touchy.send_messages(each) is hostile
            assert vars(touchy)["given"] is each

    assert texts_of(works) == [
        "messages",
        "(no subject)",
        "2 messages: (no subject), Hello",
    ]


# Everywhere -----------------------------------------------------------------------------


def test_outboxes_are_what_they_are_without_us(locmem):
    def send():
        message(bcc=["b@example.com"]).send()
        return [copy.copy(vars(each)) for each in mail.outbox]

    def works(**kwargs):
        with_us.append(send())

    with_us = []
    assert len(texts_of(works)) == 1
    mail.outbox.clear()
    assert [each.keys() for each in with_us[0]] == [each.keys() for each in send()]


def test_many_at_once_are_credited_to_their_own_receivers(locmem):
    found = in_many_threads(lambda number: message(f"No. {number}").send(), "mail")
    for number, texts in found.items():
        assert texts == [[f"No. {each} (1 recipient)"] for each in (number, number + 1_000)]
    assert len(mail.outbox) == 100


SCRIPT = """
import django
from django.conf import settings
locmem = "django.core.mail.backends.locmem.EmailBackend"
if django.VERSION >= (6, 1):
    settings.configure(DATABASES={}, MAILERS={"default": {"BACKEND": locmem}})
else:
    settings.configure(DATABASES={}, EMAIL_BACKEND=locmem)
django.setup()
from signals_panel import record_signals
for _ in range(2):
    with record_signals() as recording:
        from django.core.mail import EmailMessage
        EmailMessage("Hello", "", "a@example.com", ["b@example.com"]).send()
    print(recording.totals.all_effects["mail"], recording.faults)
"""


def test_a_command_and_a_script_record_the_same(locmem):
    """Also when the backend is first used while something is recorded."""
    assert in_a_command(lambda: message().send(), "mail") == 1
    assert script(SCRIPT) == ["1 []"] * 2


WARNS = """
import warnings
warnings.simplefilter("ignore")
from django.conf import settings
settings.configure(DATABASES={}, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
import django
django.setup()
from signals_panel import record_signals
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    with record_signals():
        pass
    print(len(seen))
    settings.EMAIL_BACKEND
    print(len(seen) > 0)
"""


@pytest.mark.skipif(not HAS_MAILERS, reason="Django warns of the old settings from 6.1 on.")
def test_warnings_of_old_settings_are_for_the_program_to_see():
    source = WARNS.replace(
        "settings.configure", 'warnings.simplefilter("ignore"); settings.configure'
    )
    assert script(source) == ["0", "True"]


def test_it_is_on_the_page(visit):
    """The example site's own receiver, which tells the stock team."""
    report = visit("/shop/cascade/").report
    (row,) = [row for row in report["rows"] if row.get("effect") == "mail"]
    assert report["texts"][row["text"]].endswith(" (1 recipient)")
    assert report["totals"]["effects"]["mail"] == 1
