"""The page's views, what is found and copied in them, and how they are walked by keyboard."""

from __future__ import annotations

import re

import pytest
from conftest import serving, switch_history
from playwright.sync_api import expect

LOOP = "/showcase/loop/"
CASCADE = "/shop/cascade/"


@pytest.fixture
def loop(site, open_panel):
    """The panel of the page that saves 200 products."""
    return open_panel(f"{site}{LOOP}")


@pytest.fixture
def cascade(site, open_panel):
    return open_panel(f"{site}{CASCADE}")


def tab(content, name):
    return content.get_by_role("tab", name=name)


def view(content, name):
    tab(content, name).click()
    return content.get_by_role("tabpanel", name=name)


def rows(content):
    """The rows of the tree that are to be seen."""
    return content.locator(".fsp-cascade tbody tr[data-level]:visible")


def call(content, name):
    return content.locator(".fsp-cascade .fsp-call").filter(has_text=name).first


def names(locator):
    """What receivers are called, in order."""
    return [text.rpartition(".")[2] for text in locator.locator("td .fsp-open").all_inner_texts()]


# At a glance ----------------------------------------------------------------------------


def test_summary_and_bar(loop):
    expect(loop.locator(".fsp-summary")).to_contain_text("1,000")
    expect(loop.locator(".fsp-time")).to_contain_text("Outside SQL in receivers")
    expect(loop.locator(".fsp-time")).to_contain_text("SQL in receivers")
    widths = loop.locator(".fsp-time > svg > rect[class]").evaluate_all(
        "rects => rects.map((rect) => rect.getBoundingClientRect().width)"
    )
    # The fourth is the toolbar's own time, beside the bar.
    assert len(widths) == 4
    assert all(width > 1 for width in widths)


def test_worst_rows_lead_to_their_row(loop):
    link = loop.locator(".fsp-worst a").filter(has_text="log_product_change")
    expect(loop.locator(".fsp-worst li").first).to_contain_text("repetitive")
    link.click()

    row = call(loop, "log_product_change")
    expect(row).to_be_in_viewport()
    expect(row).to_be_focused()
    expect(row).to_have_class(re.compile("djdt-highlighted"))


# The task -------------------------------------------------------------------------------


def test_two_clicks_to_the_slowest_receiver_its_source_and_the_sending_line(loop, page):
    clicks = []
    page.expose_function("countClick", lambda: clicks.append(1))
    page.evaluate("document.addEventListener('click', () => countClick(), true)")

    tab(loop, "Receivers").click()
    slowest = loop.locator("#fsp-view-receivers tbody tr").first
    expect(slowest).to_contain_text("log_product_change")
    slowest.locator(".fsp-open").click()

    details = loop.locator("#fsp-view-receivers .fsp-details")
    expect(details.locator(".fsp-source")).to_contain_text("def log_product_change(")
    expect(details.locator(".fsp-source")).to_contain_text("AuditLog.objects.create(")
    expect(details.locator(".fsp-sending")).to_contain_text("product.save()")
    expect(details.locator(".fsp-sending")).to_contain_text(re.compile(r"showcase/views\.py:\d+"))
    assert len(clicks) == 2


def test_one_click_from_what_to_look_at_first(loop):
    loop.locator(".fsp-worst a").first.click()

    expect(loop.locator(".fsp-details .fsp-source")).to_contain_text("def ")
    expect(loop.locator(".fsp-details .fsp-sending")).to_contain_text("product.save()")


# Cascade --------------------------------------------------------------------------------


def test_the_costliest_path_is_open_the_rest_is_closed(cascade):
    expect(call(cascade, "announce_to_api")).to_be_visible()
    expect(cascade.locator(".fsp-cascade tr:has-text('request_started')")).to_be_hidden()


def test_rows_open_and_close(cascade):
    phase = cascade.locator(".fsp-phase").filter(has_text="Before the view")
    hidden = cascade.locator(".fsp-dispatch").filter(has_text="request_started")

    expect(phase).to_have_attribute("aria-expanded", "false")
    phase.click()
    expect(hidden).to_be_visible()
    expect(phase).to_have_attribute("aria-expanded", "true")
    phase.click()
    expect(hidden).to_be_hidden()


def bar(row, kind="call"):
    """Where a row's bar begins and ends, without the stroke around it."""
    ends = "(bar) => { const box = bar.getBoundingClientRect(); return [box.left, box.right] }"
    return row.locator(f".fsp-bar-{kind}").evaluate(ends)


def test_bars_stand_where_the_time_went(cascade):
    first = bar(call(cascade, "log_product_change"))
    last = bar(call(cascade, "announce_to_api"))
    assert first[1] <= last[0]
    send = bar(cascade.locator(".fsp-dispatch:visible").first, "dispatch")
    assert send[0] <= first[0]
    assert send[1] >= last[1]


def test_repeats_are_folded_and_open_to_each(loop):
    row = call(loop, "log_product_change")
    expect(row).to_contain_text("× 200")
    row.locator(".fsp-open").click()

    each = loop.locator(".fsp-details .fsp-each")
    expect(each.locator("h4")).to_contain_text("Each of the 200 times")
    expect(each.locator("tbody tr")).to_have_count(200)
    expect(each.get_by_text("slowest", exact=True)).to_have_count(1)


def test_overlapping_receivers_overlap(tmp_path, open_panel):
    with serving(tmp_path, "uvicorn") as site:
        content = open_panel(f"{site}/showcase/async/")
        prices, reviews = (bar(call(content, name)) for name in ("fetch_prices", "fetch_reviews"))
        assert prices[0] < reviews[1]
        assert reviews[0] < prices[1]
        expect(content.locator(".fsp-dispatch:has-text('report_ready')")).to_contain_text(
            "concurrent"
        )


def test_details_close_again(cascade):
    button = call(cascade, "log_product_change").locator(".fsp-open")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    details = cascade.locator(".fsp-details")
    expect(details).to_contain_text("Connected for shop.Product, weakly.")

    button.click()
    expect(details).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")


def test_details_of_a_query_are_formatted(cascade):
    row = call(cascade, "log_product_change")
    if row.get_attribute("aria-expanded") == "false":
        # On a slow machine its queries may make it the costliest, which is open already.
        row.locator(".fsp-twist").click()
    query = cascade.locator(".fsp-effect:visible").first
    query.locator(".fsp-open").click()

    sql = cascade.locator(".fsp-details pre")
    expect(sql.locator("strong").first).to_have_text("INSERT")
    expect(cascade.locator(".fsp-details")).to_contain_text("Floor lamp")


def test_details_of_an_error(site, open_panel):
    content = open_panel(f"{site}/showcase/swallowed/")
    call(content, "refuse_empty_stock").locator(".fsp-open").click()

    details = content.locator(".fsp-details")
    expect(details).to_contain_text("ValueError: no stock")
    expect(details.locator(".fsp-stack").first).to_contain_text('raise ValueError("no stock")')


def test_details_that_are_gone(cascade, page, messages):
    page.route("**/fired_signals/details/**", lambda route: route.fulfill(status=404))
    call(cascade, "log_product_change").locator(".fsp-open").click()

    expect(cascade.locator(".fsp-details")).to_contain_text("aren't available any more")
    messages.clear()  # The browser reports the 404.


# Receivers ------------------------------------------------------------------------------


def test_receivers_sort_by_every_column(loop):
    content = view(loop, "Receivers")
    body = content.locator("tbody").first
    for number, head in enumerate(
        ["Receiver", "Calls", "Total", "Self", "Slowest", "Queries", "Cache", "Repeated"]
    ):
        heading = content.get_by_role("columnheader", name=head, exact=True).first
        heading.get_by_role("button").click()
        sort = heading.get_attribute("aria-sort")
        values = body.locator("tr").evaluate_all(
            f"rows => rows.map((row) => row.cells[{number}].dataset.value)"
        )
        if number:
            values = [float(value) for value in values]
        assert values == sorted(values, reverse=sort == "descending"), head
        assert len(values) == 5
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") != sort
        # Django's housekeeping has a table of its own, folded away.
        expect(content.locator("table").first.locator("[aria-sort]")).to_have_count(1)


def test_from_a_receiver_to_its_calls(loop):
    content = view(loop, "Receivers")
    row = content.locator("tr").filter(has_text="count_audit_entries")
    row.get_by_role("button", name="Show calls").click()

    expect(tab(loop, "Cascade")).to_have_attribute("aria-selected", "true")
    expect(call(loop, "count_audit_entries")).to_be_focused()


# Signals --------------------------------------------------------------------------------


def test_signals(loop):
    content = view(loop, "Signals")
    heard = content.locator("tbody tr").filter(has_text="shop.Product").first
    expect(heard).to_contain_text("post_save")
    expect(heard).to_contain_text("log_product_change")
    unheard = content.locator("tbody tr").filter(has_text="nobody").first
    expect(unheard.locator("td").nth(2)).to_have_text(re.compile(r"^[\d,]+$"))

    heard.get_by_role("link").click()
    expect(loop.locator(".fsp-dispatch.djdt-highlighted")).to_contain_text("shop.Product")


def test_silent_receivers_with_their_reasons(loop):
    content = view(loop, "Signals")
    silent = content.locator(".fsp-silent")
    row = silent.locator("tbody tr").filter(has_text="create_user_profile")

    expect(row).to_be_hidden()
    silent.locator("summary").click()
    expect(row).to_contain_text("connected for accounts.User")


# Queries --------------------------------------------------------------------------------


def test_queries_grouped_by_statement(loop):
    content = view(loop, "Queries")
    row = content.locator("tbody tr").filter(has_text="INSERT INTO").first

    expect(row).to_contain_text("log_product_change ran 200 times, 1 query each")
    expect(row).to_contain_text("product.save()")
    expect(row).to_contain_text("repeated across sends")
    expect(row.locator("td").nth(1)).to_have_text("200")


@pytest.mark.parametrize("table", ["shop_auditlog", "COUNT"])
def test_from_a_statement_to_the_sql_panel(loop, page, table):
    content = view(loop, "Queries")
    row = content.locator("tbody tr").filter(has_text=table).last
    row.get_by_role("button", name="SQL panel").click()

    expect(page.locator("#SQLPanel")).to_be_visible()
    found = page.locator("#SQLPanel tr.djdt-highlighted")
    # The SQL panel takes its time with 600 queries.
    expect(found).to_contain_text(table, timeout=60_000)
    expect(found).to_be_in_viewport()


def test_no_way_to_an_sql_panel_that_is_off(site, page, open_panel):
    page.context.add_cookies([{"name": "djdtSQLPanel", "value": "off", "url": site}])
    content = view(open_panel(f"{site}{LOOP}"), "Queries")

    expect(content.get_by_role("button", name="Cascade").first).to_be_visible()
    expect(content.get_by_role("button", name="SQL panel")).to_have_count(0)


# Tabs -----------------------------------------------------------------------------------


def test_tabs_by_keyboard(loop, page):
    tab(loop, "Cascade").focus()
    for key, name in (
        ("ArrowRight", "Receivers"),
        ("End", "Queries"),
        ("ArrowRight", "Cascade"),
        ("ArrowLeft", "Queries"),
        ("Home", "Cascade"),
    ):
        page.keyboard.press(key)
        expect(tab(loop, name)).to_be_focused()
        expect(tab(loop, name)).to_have_attribute("aria-selected", "true")
        expect(loop.get_by_role("tabpanel")).to_have_count(1)


@pytest.mark.parametrize(
    ("name", "count"),
    [("Cascade", 10), ("Receivers", 5), ("Signals", 9), ("Queries", 2), ("Cache", 1)],
)
def test_tabs_count_the_rows_they_show(loop, name, count):
    expect(tab(loop, name)).to_have_text(f"{name} {count}")
    shown = view(loop, name).locator("tr[data-kind]:not([data-kind=phase], [data-kind=silent])")
    housekeeping = view(loop, name).locator(
        ".fsp-housekeeping tr[data-kind], tr[data-housekeeping]"
    )
    if name != "Cascade":
        assert shown.count() - housekeeping.count() == count


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Receivers", "Django's housekeeping"),
        ("Signals", "request_finished"),
        ("Queries", "No receiver ran a query"),
    ],
)
def test_empty_states(site, open_panel, name, text):
    content = open_panel(f"{site}/showcase/nothing/")
    expect(view(content, name)).to_contain_text(text)


# Finding things -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("COUNT_AUDIT", ["count_audit_entries"]),
        # In the SQL, in a part that the short form may leave out, and in a file's name.
        ('select count(*) as "__count"', ["count_audit_entries"]),
        ("shop/receivers.py:52", ["announce_to_api"]),
    ],
)
def test_filter_by_text(loop, text, shown):
    loop.get_by_role("searchbox").fill(text)

    calls = loop.locator(".fsp-call:visible .fsp-open")
    assert calls.last.inner_text().rpartition(".")[2] == shown[-1]
    expect(loop.locator(".fsp-call:visible").filter(has_text="email_stock_team")).to_have_count(0)
    expect(loop.locator(".fsp-found")).to_contain_text("rows")


def test_filter_that_matches_nothing(loop):
    loop.get_by_role("searchbox").fill("no such thing")

    expect(rows(loop)).to_have_count(0)
    expect(loop.locator(".fsp-found")).to_have_text("Nothing matches")
    loop.get_by_role("button", name="Clear").click()
    expect(call(loop, "log_product_change")).to_be_visible()
    expect(loop.locator(".fsp-found")).to_have_text("")


def test_filter_holds_in_every_view(loop):
    loop.get_by_role("searchbox").fill("count_audit")

    assert names(view(loop, "Receivers").locator("tr:visible")) == ["count_audit_entries"]
    queries = view(loop, "Queries").locator("tbody tr:visible")
    expect(queries).to_have_count(1)
    signals = view(loop, "Signals").locator("tbody tr:visible")
    expect(signals).to_have_count(1)


def test_toggle_of_origins(loop):
    django = loop.get_by_role("checkbox", name="Django")
    content = view(loop, "Receivers")
    content.get_by_text("Django's housekeeping").click()
    expect(content.locator("tr[data-origin=django]:visible")).not_to_have_count(0)

    django.uncheck()
    expect(content.locator("tr[data-origin=django]:visible")).to_have_count(0)
    expect(content.locator("tr[data-origin=project]:visible")).to_have_count(5)
    tab(loop, "Cascade").click()
    expect(loop.locator(".fsp-phase:visible").filter(has_text="Before")).to_have_count(0)

    loop.get_by_role("checkbox", name="the project").uncheck()
    expect(rows(loop)).to_have_count(0)


def test_toggle_of_queries(loop):
    loop.get_by_role("checkbox", name="with queries").check()

    content = view(loop, "Receivers")
    assert sorted(names(content.locator("tr:visible"))) == [
        "count_audit_entries",
        "log_product_change",
    ]
    tab(loop, "Cascade").click()
    expect(call(loop, "email_stock_team")).to_be_hidden()
    expect(call(loop, "count_audit_entries")).to_be_visible()


def test_minimum_time(loop):
    content = view(loop, "Receivers")
    times = content.locator("tr[data-ms]").evaluate_all(
        "rows => rows.map((row) => Number(row.dataset.ms)).sort((a, b) => b - a)"
    )
    loop.get_by_role("spinbutton").fill(str((times[1] + times[2]) / 2))

    expect(content.locator("tr[data-ms]:visible")).to_have_count(2)


def test_what_a_filter_opened_can_be_closed(loop):
    loop.get_by_role("searchbox").fill("count_audit")
    call(loop, "log_product_change").locator(".fsp-twist").click()

    expect(call(loop, "count_audit_entries")).to_be_hidden()
    loop.get_by_role("searchbox").fill("")
    expect(call(loop, "count_audit_entries")).to_be_visible()


def test_closing_and_reopening_keeps_everything(loop, page):
    loop.get_by_role("searchbox").fill("count")
    view(loop, "Receivers").get_by_role("button", name="Calls", exact=True).click()
    page.keyboard.press("Escape")
    expect(loop).to_be_hidden()
    page.locator("#djdt-FiredSignalsPanel > a").click()

    expect(loop.get_by_role("searchbox")).to_have_value("count")
    expect(tab(loop, "Receivers")).to_have_attribute("aria-selected", "true")
    assert page.url.endswith(LOOP)
    keys = page.evaluate("Object.keys(localStorage)")
    assert all(key.startswith("djdt.") for key in keys)


def test_history_s_switch_and_back(site, page, open_panel):
    page.goto(f"{site}{CASCADE}")
    first = page.locator("#djDebug").get_attribute("data-request-id")
    content = open_panel(f"{site}{LOOP}")
    second = page.locator("#djDebug").get_attribute("data-request-id")
    content.get_by_role("searchbox").fill("count_audit")
    call(content, "log_product_change").locator(".fsp-open").click()
    expect(content.locator(".fsp-details")).to_contain_text("Connected")

    def switch(request_id):
        switch_history(page, request_id)
        page.locator("#djdt-FiredSignalsPanel > a").click()

    switch(first)
    expect(content.locator(".fsp-summary")).to_contain_text(re.compile(r"Receivers called\s*5"))
    expect(content.get_by_role("searchbox")).to_have_value("")
    expect(call(content, "announce_to_api")).to_be_visible()
    call(content, "announce_to_api").locator(".fsp-open").click()
    expect(content.locator(".fsp-details")).to_contain_text("urlopen")

    switch(second)
    expect(content.get_by_role("searchbox")).to_have_value("count_audit")
    expect(content.locator(".fsp-details")).to_contain_text("Connected")


# Keyboard -------------------------------------------------------------------------------


def test_walking_the_tree(loop, page):
    def current():
        focused = loop.locator("tr:focus")
        assert focused.get_attribute("tabindex") == "0"
        expect(loop.locator(".fsp-cascade tbody tr[tabindex='0']")).to_have_count(1)
        return focused.inner_text().split("\n")[0].split("\t")[0]

    first = rows(loop).first
    first.focus()
    assert current().startswith("Before the view")
    page.keyboard.press("ArrowRight")
    expect(first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowRight")
    assert "request_started" in current()
    page.keyboard.press("ArrowLeft")
    assert current().startswith("Before the view")
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    assert current().startswith("View")
    page.keyboard.press("ArrowDown")
    assert "post_save" in current()
    page.keyboard.press("ArrowUp")
    assert current().startswith("View")
    page.keyboard.press("End")
    assert current().startswith("After the response")
    page.keyboard.press("ArrowDown")
    assert current().startswith("After the response")
    page.keyboard.press("Home")
    assert current().startswith("Before the view")


def test_details_by_keyboard(loop, page):
    row = call(loop, "log_product_change")
    row.focus()
    page.keyboard.press("Enter")
    expect(loop.locator(".fsp-details")).to_contain_text("def log_product_change")
    page.keyboard.press("Enter")
    expect(loop.locator(".fsp-details")).to_have_count(0)


def test_tab_reaches_what_is_in_the_current_row_and_then_leaves_the_tree(loop, page):
    row = call(loop, "email_stock_team")
    row.focus()
    page.keyboard.press("Tab")
    expect(row.locator(".fsp-open")).to_be_focused()
    page.keyboard.press("Tab")
    expect(row.locator(".fsp-place")).to_be_focused()
    page.keyboard.press("Tab")
    expect(loop.locator(".fsp-cascade :focus")).to_have_count(0)


def test_escape_reaches_the_toolbar(loop, page):
    rows(loop).first.focus()
    page.keyboard.press("Escape")

    expect(loop).to_be_hidden()


def test_the_focus_is_seen(loop):
    row = rows(loop).nth(2)
    row.focus()
    row.press("ArrowDown")

    focused = loop.locator("tr:focus-visible")
    assert focused.evaluate("row => getComputedStyle(row).outlineStyle") == "solid"


def test_levels_and_positions(loop):
    for row in rows(loop).all():
        for name in ("aria-level", "aria-setsize", "aria-posinset"):
            assert int(row.get_attribute(name)) >= 1
    children = loop.locator(".fsp-cascade tr[aria-level='3'][aria-setsize='4']")
    assert [row.get_attribute("aria-posinset") for row in children.all()] == ["1", "2", "3", "4"]


# Taking it along ------------------------------------------------------------------------


@pytest.fixture
def clipboard(page, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    return lambda: page.evaluate("navigator.clipboard.readText()")


def test_copy_as_text(loop, clipboard):
    button = loop.get_by_role("button", name="Copy as text")
    button.click()
    expect(loop.get_by_role("button", name="Copied")).to_be_visible()

    lines = clipboard().splitlines()
    assert lines[0].startswith("Signals: 1,000 receivers · 400 queries")
    assert any("log_product_change × 200" in line for line in lines)
    expect(button).to_be_visible()


def test_a_place_is_copied(loop, clipboard):
    row = call(loop, "log_product_change")
    row.locator(".fsp-place").click()
    expect(row.locator(".fsp-place")).to_have_text("Copied")

    assert re.fullmatch(r"/.*/shop/receivers\.py:\d+", clipboard())


def test_copying_without_a_clipboard(loop, page, clipboard):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    loop.get_by_role("button", name="Copy as text").click()

    expect(loop.get_by_role("button", name="Copied")).to_be_visible()


def test_places_are_links_into_the_editor(tmp_path, open_panel):
    url = "vscode://file/{path}:{line}"
    with serving(tmp_path, EXAMPLE_EDITOR_URL=url) as site:
        content = open_panel(f"{site}{CASCADE}")
        link = call(content, "log_product_change").locator("a.fsp-place")
        assert re.fullmatch(r"vscode://file//.*/shop/receivers\.py:\d+", link.get_attribute("href"))
        expect(content.locator("[data-copy]")).to_have_count(0)


# How it stands in the page --------------------------------------------------------------


@pytest.mark.parametrize("width", [800, 1920])
@pytest.mark.parametrize("name", ["Cascade", "Receivers", "Signals", "Queries"])
def test_nothing_is_wider_than_the_panel(loop, page, width, name):
    page.set_viewport_size({"width": width, "height": 900})
    content = view(loop, name)
    if name != "Signals":
        content.locator(".fsp-open:visible").nth(1).click()
        expect(content.locator(".fsp-detail")).to_be_visible()

    wider = page.locator("#FiredSignalsPanel .djdt-scroll").evaluate(
        "scroll => scroll.scrollWidth - scroll.clientWidth"
    )
    assert wider <= 0


def test_reduced_motion(site, page, open_panel):
    page.emulate_media(reduced_motion="reduce")
    content = open_panel(f"{site}{LOOP}")

    moving = content.evaluate(
        """panel => [...panel.querySelectorAll("*")].filter((element) => {
            const style = getComputedStyle(element);
            return parseFloat(style.transitionDuration) > 0.001
                || style.animationName !== "none" || style.scrollBehavior === "smooth";
        }).length"""
    )
    assert moving == 0


def test_without_our_script_it_is_a_plain_readable_list(site, page):
    page.route("**/signals_panel/panel.js", lambda route: route.abort())
    page.goto(f"{site}{CASCADE}")
    page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel")

    for text in ("Cascade", "Receivers", "Signals", "Queries", "Cache"):
        expect(content.get_by_role("heading", name=text, exact=True)).to_be_visible()
    for name in ("request_started", "log_product_change", "count_audit_entries"):
        expect(content.locator(".fsp-cascade tr").filter(has_text=name).first).to_be_visible()
    expect(content.get_by_role("tab")).to_have_count(0)
    expect(content.get_by_role("searchbox")).to_have_count(0)
    # A drawing without styles is as wide as the panel, unless it says otherwise.
    assert content.locator(".fsp-swatch").first.bounding_box()["width"] < 20


@pytest.mark.parametrize("outcome", ["continue_", "abort"])
def test_shown_when_its_styles_have_come_or_cannot_come(site, page, outcome):
    asked = []
    page.route("**/signals_panel/panel.css", lambda route: asked.append(route))
    page.goto(f"{site}{CASCADE}")
    with page.expect_request("**/signals_panel/panel.css"):
        page.locator("#djdt-FiredSignalsPanel > a").click()
    content = page.locator("#FiredSignalsPanel .fsp")

    expect(content.locator("[role=tab]")).to_have_count(5)
    expect(content).to_be_hidden()
    getattr(asked[0], outcome)()
    expect(content).to_be_visible()


def test_nothing_leaks_into_the_page(tmp_path, page, open_panel):
    with serving(tmp_path, EXAMPLE_USE_SHADOW_DOM="0") as site:
        look = """() => [...document.querySelectorAll("main, main *")].map((element) =>
            JSON.stringify(Object.fromEntries([...getComputedStyle(element)].map(
                (name) => [name, getComputedStyle(element).getPropertyValue(name)]))))"""
        page.goto(f"{site}{CASCADE}")
        page.locator("#djDebugToolbar").wait_for()
        before = page.evaluate(look)
        open_panel(f"{site}{CASCADE}")
        page.wait_for_timeout(300)
        assert page.evaluate(look) == before


def test_the_page_s_style_does_not_break_it(tmp_path, page, open_panel):
    hostile = """table, tr, td, th, svg, button { display: block !important; }
        b, span, button, td { color: red; font-size: 40px; position: absolute; float: right; }
        path, rect { fill: red; } tr { opacity: 0.1 !important; }"""

    def shot(site):
        content = open_panel(f"{site}{CASCADE}")
        return content.locator(".fsp-phase").first.evaluate("e => getComputedStyle(e).display")

    with serving(tmp_path) as site:
        assert shot(site) == "table-row"
        page.add_style_tag(content=hostile)
        row = page.locator("#FiredSignalsPanel .fsp-call:visible").first
        assert row.evaluate("e => getComputedStyle(e).display") == "table-row"
        assert row.evaluate("e => getComputedStyle(e).opacity") == "1"
