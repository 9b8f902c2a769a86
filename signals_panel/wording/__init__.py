"""Every sentence, unit and number format that people read; made of a report's codes and figures."""

from signals_panel.wording.comparing import verdict_text
from signals_panel.wording.connected import models_titles, runs_titles
from signals_panel.wording.findings import FindingText, docs_of, finding_text, mark_text
from signals_panel.wording.glance import figures, headline, notes, own_costs
from signals_panel.wording.not_called import advice_text, hint_text, others_text, reason_text
from signals_panel.wording.numbers import count_text, duration_text, effects_text, share_text
from signals_panel.wording.rows import (
    deferred_text,
    fate_text,
    operation_text,
    repeated_text,
    rolled_back_text,
    said_texts,
)
from signals_panel.wording.sentences import Code, Place, Sentence, Stress, plain_sentence
from signals_panel.wording.time import (
    kept_lines_text,
    row_part_label,
    row_time_title,
    scaled_text,
    time_label,
)
from signals_panel.wording.timeline import box_text, kind_text, times_text, took_text
from signals_panel.wording.verdict import verdict

__all__ = [
    "Code",
    "FindingText",
    "Place",
    "Sentence",
    "Stress",
    "advice_text",
    "box_text",
    "count_text",
    "deferred_text",
    "docs_of",
    "duration_text",
    "effects_text",
    "fate_text",
    "figures",
    "finding_text",
    "headline",
    "hint_text",
    "kept_lines_text",
    "kind_text",
    "mark_text",
    "models_titles",
    "notes",
    "operation_text",
    "others_text",
    "own_costs",
    "plain_sentence",
    "reason_text",
    "repeated_text",
    "rolled_back_text",
    "row_part_label",
    "row_time_title",
    "runs_titles",
    "said_texts",
    "scaled_text",
    "share_text",
    "time_label",
    "times_text",
    "took_text",
    "verdict",
    "verdict_text",
]
