"""The sentences of findings, where they depend on what was found."""

from __future__ import annotations

import pytest

from signals_panel.wording import finding_text


@pytest.mark.parametrize(
    ("signal", "advice"),
    [
        ("post_save", "saves shop.Product"),
        ("pre_delete", "deletes shop.Product"),
        ("post_init", "makes shop.Product"),
        ("m2m_changed", "changes shop.Product"),
    ],
)
def test_a_function_is_advised_that_does_what_was_sent_about(signal, advice):
    figures = {"sender": "shop.Product", "app": "shop", "signal": signal, "receivers": ["shop.f"]}

    assert (
        finding_text("same-app", figures).advice == f"Call it directly from the code that {advice}."
    )


@pytest.mark.parametrize(
    ("receivers", "said"),
    [
        (["a.f"], "since f listens."),
        (["a.f", "a.g"], "since f and g listen."),
    ],
)
def test_who_listens_to_a_deletion(receivers, said):
    figures = {"sender": "shop.Product", "rows": 12, "ms": 3.0, "receivers": receivers}

    assert finding_text("slow-delete", figures).said.endswith(said)


@pytest.mark.parametrize(
    ("receivers", "said", "advice"),
    [
        (["a.f"], "without calling f.", "Do what this receiver does"),
        (["a.f", "a.g"], "without calling f and g.", "Do what these receivers do"),
    ],
)
def test_who_was_bypassed(receivers, said, advice):
    figures = {"model": "shop.Product", "operation": "update", "rows": 1, "receivers": receivers}
    text = finding_text("bypassed", figures)

    assert text.said == f"wrote 1 row {said}"
    assert text.advice.startswith(advice)
