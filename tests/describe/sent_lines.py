"""The lines that dispatches were sent from."""

from __future__ import annotations


def text_of(dispatch):
    return dispatch.sent_from and dispatch.sent_from.text
