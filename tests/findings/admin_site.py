"""Drive Django's admin and the example site's login, and print what the rules find, as JSON.

    python tests/findings/admin_site.py

In a process of its own: the admin has to be installed before Django is set up.
"""

from __future__ import annotations

import json
from typing import Any

import django
from django.conf import settings

from example import settings as example

_CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]

settings.configure(
    **{
        **{name: value for name, value in vars(example).items() if name.isupper()},
        "INSTALLED_APPS": [*example.INSTALLED_APPS, "django.contrib.admin"],
        "TEMPLATES": [{**example.TEMPLATES[0], "OPTIONS": {"context_processors": _CONTEXT}}],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "ROOT_URLCONF": __name__,
        # On a busy machine anything may take long.
        "SIGNALS_PANEL": {"FINDINGS": {"slow": 60_000}},
    }
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.admin import UserAdmin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402
from reports import stored_panel  # noqa: E402

from accounts.models import User  # noqa: E402 - Django has to be set up before
from shop.models import QuietProduct  # noqa: E402
from signals_panel.wording import finding_text  # noqa: E402

admin.site.register(User, UserAdmin)
admin.site.register(QuietProduct)

urlpatterns = [path("admin/", admin.site.urls), path("", include("example.urls"))]

ROOT = {"username": "root", "password": "root"}
USER = "/admin/accounts/user/"
PRODUCT = "/admin/shop/quietproduct/"
PASSWORDS = {"password1": "long and odd", "password2": "long and odd"}
DATES = {"date_joined_0": "2030-01-01", "date_joined_1": "12:00:00"}
LAMP = {"name": "Lamp", "price": "9.90", "stock": "1"}


def steps() -> list[tuple[str, str, str, dict[str, Any] | None]]:
    """What is done, in this order: a name, an address, how it must end, and what is posted."""
    return [
        ("log in", "/admin/login/", "302", {**ROOT, "next": "/admin/"}),
        ("the index", "/admin/", "200", None),
        ("list users", USER, "200", None),
        ("add a user", f"{USER}add/", "302", {"username": "ann", **PASSWORDS}),
        ("look at a user", f"{USER}2/change/", "200", None),
        ("change a user", f"{USER}2/change/", "302", {"username": "eve", **DATES}),
        ("ask for a deletion", f"{USER}2/delete/", "200", None),
        ("delete a user", f"{USER}2/delete/", "302", {"post": "yes"}),
        ("add a product", f"{PRODUCT}add/", "302", LAMP),
        ("list products", PRODUCT, "200", None),
        ("change a product", f"{PRODUCT}1/change/", "302", {**LAMP, "stock": "2"}),
        ("the history", f"{PRODUCT}1/history/", "200", None),
        ("delete a product", f"{PRODUCT}1/delete/", "302", {"post": "yes"}),
        (
            "delete several",
            USER,
            "302",
            {"action": "delete_selected", "_selected_action": ["3", "4"], "post": "yes"},
        ),
        ("log out", "/admin/logout/", "302", {}),
        ("register", "/accounts/register/", "200", None),
        ("log in without the admin", "/accounts/login/", "200", None),
        ("log out without the admin", "/accounts/logout/", "200", None),
        # None of these: the rules are at work.
        ("save in a loop", "/habits/repeated/", "200", None),
    ]


def main() -> None:
    call_command("migrate", verbosity=0)
    User.objects.create_superuser(**ROOT)
    client, done = Client(), []
    for name, address, status, data in steps():
        if name == "delete several":
            # Keys of their own, whatever the database makes of those that are free again.
            for number in (3, 4):
                User.objects.create_user(f"user {number}", pk=number)
        answer = client.get(address) if data is None else client.post(address, data)
        assert str(answer.status_code) == status, (name, answer.status_code, answer.content[-3000:])
        report = stored_panel(answer.headers["djdt-request-id"]).finished_stats()
        done.append(
            {
                "name": name,
                "senders": sorted(
                    {row["sender"] for row in report["rows"] if row["kind"] == "dispatch"} - {None}
                ),
                "rows": [User.objects.count(), QuietProduct.objects.count()],
                "findings": [
                    " ".join([each["code"], *finding_text(each["code"], each["figures"])])
                    for each in report["findings"]
                ],
                "faults": report["faults"],
            }
        )
    print(json.dumps(done))


if __name__ == "__main__":
    main()
