"""A request's report as Markdown, for a ticket, a pull request or a message to a colleague."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from signals_panel.exports.marking import code_block, code_span, plain
from signals_panel.exports.outline import outline
from signals_panel.wording import (
    Code,
    docs_of,
    duration_text,
    finding_text,
    headline,
    mark_text,
    notes,
    plain_sentence,
    verdict,
)
from signals_panel.wording.taking import (
    FINDINGS,
    OUTLINE,
    answered_text,
    left_out_text,
    made_with_text,
    request_title,
)


def markdown(report: Mapping[str, Any], versions: Mapping[str, str], short: Any = str) -> str:
    """The report of a request, with the versions it was made with, by name.

    ``short`` makes of a file's path what is shown of it.
    """
    request = report.get("request")
    whole = duration_text(report["totals"]["duration_ms"])
    said = "".join(_marked(piece, report, short) for piece in verdict(report))
    parts = [
        f"# {plain(request_title(request))}",
        plain(" · ".join(filter(None, [answered_text(request), made_with_text(versions)]))),
        f"**{said or plain(f'{headline(report)} of {whole}')}**",
        *(f"> {plain(note)}" for note in notes(report)),
    ]
    found = list(_findings(report))
    if found:
        parts += [f"## {FINDINGS}", "\n".join(found)]
        left_out = report["left_out"].get("findings", 0)
        parts += [left_out_text(left_out)] if left_out else []
    parts += [f"## {OUTLINE}", code_block(outline(report, short))]
    return "\n\n".join(parts) + "\n"


def _marked(piece: Any, report: Mapping[str, Any], short: Any) -> str:
    if isinstance(piece, Code):
        return code_span(piece.text)
    text = plain_sentence((piece,), report, short)
    before, after = " " * text.startswith(" "), " " * text.endswith(" ")
    return f"{before}{plain(text)}{after}"


def _findings(report: Mapping[str, Any]) -> Iterator[str]:
    for row in report["findings"]:
        text = finding_text(row["code"], row["figures"])
        advice = f" **{plain(text.advice)}**" if text.advice else ""
        why = f" {plain(text.why)}" if text.why else ""
        rule = f"[{mark_text(row['code'])}]({docs_of(row['code'])})"
        yield f"- {rule}: {code_span(text.subject)} {plain(text.said)}{why}{advice}"
