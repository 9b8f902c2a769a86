"""Receivers for signal classes that send by themselves, and what was recorded of them."""

from __future__ import annotations


def one(**kwargs):
    return 1


def two(**kwargs):
    return 2


def names(dispatch):
    return [call.receiver.rpartition(".")[2] for call in dispatch.calls]
