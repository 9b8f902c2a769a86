"""Mail, under the receiver that sends it: what is told of it."""

from __future__ import annotations

import django
import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocMemBackend
from django.utils.functional import lazystr
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy
from reports import build

from effects.mailing import DJANGOS, FROM, HAS_MAILERS, Keeping, message, use
from effects.recorded import Hostile, effects_of, recorded


@pytest.fixture
def locmem(settings):
    return use(settings, f"{DJANGOS}.locmem.EmailBackend")


def texts_of(receiver):
    return [text for text, _, _, _ in effects_of(receiver, "mail")]


def test_all_ways_of_sending(locmem, settings):
    pairs = [("Boss", "boss@example.com"), ("Other", "other@example.com")]
    settings.ADMINS = [address for _, address in pairs] if django.VERSION >= (6, 0) else pairs

    def works(**kwargs):
        sent.append(mail.send_mail("One", "BODY", FROM, ["a@example.com", "b@example.com"]))
        rows = [(f"No. {n}", "BODY", FROM, ["a@example.com"]) for n in range(5)]
        sent.append(mail.send_mass_mail(rows))
        sent.append(message("Two", cc=["c@example.com"], bcc=["d@example.com"]).send())
        mail.mail_admins("Three", "BODY")

    sent = []
    assert effects_of(works, "mail") == [
        ("One (2 recipients)", locmem, None, None),
        ("5 messages: No. 0, No. 1, No. 2, … (5 recipients)", locmem, None, None),
        ("Two (3 recipients)", locmem, None, None),
        ("[Django] Three (2 recipients)", locmem, None, None),
    ]
    assert sent == [1, 5, 1]
    assert [each.subject for each in mail.outbox] == [
        "One", *(f"No. {n}" for n in range(5)), "Two", "[Django] Three"
    ]  # fmt: skip


def test_several_over_one_connection(locmem):
    connection = LocMemBackend()

    def works(**kwargs):
        with connection:
            assert connection.send_messages([message("One"), message("Two")]) == 2
            assert connection.send_messages(messages=(message("Three"),)) == 1

    # One that no mailer has made has no alias.
    assert effects_of(works, "mail") == [
        ("2 messages: One, Two (2 recipients)", "locmem", None, None),
        ("Three (1 recipient)", "locmem", None, None),
    ]


@pytest.mark.skipif(not HAS_MAILERS, reason="Mailers came with Django 6.1.")
def test_a_mailer_s_alias(settings):
    backend = f"{DJANGOS}.locmem.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend}, "news": {"BACKEND": backend}}

    def works(**kwargs):
        message("One").send(using="news")
        mail.mailers["news"].send_messages([message("Two")])
        mail.mailers.default.send_messages([message("Three")])

    assert [alias for _, alias, _, _ in effects_of(works, "mail")] == ["news", "news", "default"]
    assert [each.sent_using for each in mail.outbox] == ["news", "news", "default"]


# What is told of a message --------------------------------------------------------------


class Text(str):
    def __str__(self):
        raise AssertionError("nobody may ask")

    __repr__ = __format__ = __str__


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("s" * 300, "s" * 79 + "…"),
        ("two\n  lines", "two lines"),
        ("", "(no subject)"),
        (None, "(no subject)"),
        (SafeString("from a template\n"), "from a template"),
        (Text("of a class of its own"), "of a class of its own"),
        ("\ud800", "\\ud800"),
        (gettext_lazy("to be translated"), "to be translated"),
        (pgettext_lazy("context", "in a context"), "in a context"),
        (lazystr("SECRET"), "<django.utils.functional.lazy.<locals>.__proxy__>"),
        (7, "7"),
    ],
)
def test_subjects(subject, shown):
    texts = texts_of(lambda **kwargs: Keeping(1).send_messages([message(subject)]))
    assert texts == [f"{shown} (1 recipient)"]


class Odd(mail.EmailMessage):
    def recipients(self):
        raise AssertionError("nobody may ask")

    @property
    def subject(self):
        raise AssertionError("nobody may ask")

    @subject.setter
    def subject(self, value):
        self.__dict__["subject"] = value


def test_recipients_are_counted_without_asking(locmem):
    cases = [
        (message(to=[]), "Hello (0 recipients)"),
        (message(to=["a@example.com", ""], cc=["b@example.com"]), "Hello (2 recipients)"),
        (Odd("Odd", "BODY", FROM, ["a@example.com"]), "Odd (1 recipient)"),
    ]
    for changed in ((each for each in "abc"), "abc", None, Hostile()):
        cases.append((message(), "Hello"))
        cases[-1][0].to = changed
    for each, shown in cases:
        assert texts_of(lambda each=each, **kwargs: Keeping().send_messages([each])) == [shown]


def test_no_address_and_no_body_is_kept(locmem):
    def works(**kwargs):
        message(
            to=["NAME@example.com"],
            cc=["NAME@example.org"],
            headers={"X-Key": "HEADER"},
            attachments=[("FILE", "CONTENT", "text/plain")],
        ).send()

    # The receiver's own lines aren't among what is looked at here.
    (effect,) = recorded(works).dispatches[0].calls[0].effects
    told = repr((effect.text, effect.alias, effect.result, effect.error))
    assert not any(word in told for word in ("NAME", "example", "BODY", "HEADER", "FILE", "shop@"))
    report = build(recorded(works))
    assert "BODY" not in str(report["effects"])


@pytest.mark.parametrize("value", [0, 1, 2, 3, None, True, "3"])
def test_how_many_were_sent(locmem, value):
    results = [
        result
        for _, _, result, _ in effects_of(
            lambda **kwargs: Keeping(value).send_messages([message()] * 3), "mail"
        )
    ]
    assert results == [f"{value} of 3 sent" if value in (0, 1, 2) and value is not True else None]


def test_what_can_be_gone_through_once_is_the_program_s(locmem):
    def works(**kwargs):
        assert LocMemBackend().send_messages(message(f"No. {n}") for n in range(3)) == 3
        assert LocMemBackend().send_messages([]) == 0

    assert effects_of(works, "mail") == [
        ("messages", "locmem", "3 sent", None),
        ("no messages", "locmem", None, None),
    ]
    assert len(mail.outbox) == 3


def test_more_than_can_be_counted(locmem):
    many = [message()] * 1_001
    (text,) = texts_of(lambda **kwargs: Keeping(1_001).send_messages(many))
    assert text == "1,001 messages: Hello, Hello, Hello, …"


def test_long_subjects_of_several_have_room(locmem):
    many = [message("s" * 300)] * 1_000
    (text,) = texts_of(lambda **kwargs: Keeping(1_000).send_messages(many))
    assert text.endswith(" (1,000 recipients)")
    assert len(text) <= 200
