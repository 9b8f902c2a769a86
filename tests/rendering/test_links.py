"""Places: copied, or links into the editor."""

from __future__ import annotations

import pytest

from signals_panel.rendering.links import place_html, short_path

LINE = ["/srv/my site/shop/views.py", 12, "view", "x.save()"]


def test_a_place_is_copied_without_an_editor():
    html = place_html(LINE, "")

    assert html.startswith('<button type="button" class="fsp-place"')
    assert 'data-copy="/srv/my site/shop/views.py:12"' in html


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("vscode://file/{path}:{line}", "vscode://file//srv/my%20site/shop/views.py:12"),
        ("idea://open?file={path}&line={line}",
         "idea://open?file=/srv/my%20site/shop/views.py&amp;line=12"),
        ("x-mine:{path}", "x-mine:/srv/my%20site/shop/views.py"),
    ],
)  # fmt: skip
def test_a_place_is_a_link_into_the_editor(url, href):
    assert f'href="{href}"' in place_html(LINE, url)


def test_a_path_with_markup_stays_a_path():
    html = place_html(['/srv/"><script>{line}?.py', 1, "", ""], "e:{path}:{line}")

    assert "<script" not in html
    assert "%7Bline%7D" in html


def test_short_path(settings):
    site = "/venv/lib/python3.12/site-packages/django/db/models/base.py"
    assert short_path(site) == "django/db/models/base.py"
    assert short_path(str(settings.BASE_DIR / "shop" / "views.py")) == "shop/views.py"
    assert short_path("/elsewhere/x.py") == "/elsewhere/x.py"
