"""The recorder: where each thing that happens belongs. Knows no signal, toolbar or template."""

from signals_panel.recording import sums
from signals_panel.recording.adding import (
    add_effect,
    begin_effect,
    begin_phase,
    credit,
    end_effect,
    live,
    parent_of,
    place_after,
)
from signals_panel.recording.current import current, handed_over_from
from signals_panel.recording.dispatching import failed, finish, heard, leave_out
from signals_panel.recording.facts import (
    add_collected,
    add_fault,
    count_unrecorded,
    end_failures,
    logger,
    note_bulk,
    settle_failures,
    take_fault,
)
from signals_panel.recording.failures import PASSED_ON, SWALLOWED, Failure
from signals_panel.recording.folding import end_folded, fold_call
from signals_panel.recording.grouping import add_to
from signals_panel.recording.groups import CallKey, DispatchKey, EffectKey, Group, Tally
from signals_panel.recording.intervals import Axis
from signals_panel.recording.lifecycle import (
    begin_recording,
    dissolve,
    encloses,
    end_recording,
    register,
    remove_hooks,
)
from signals_panel.recording.lock import lock
from signals_panel.recording.measuring import (
    elapsed,
    end_of,
    end_of_recording,
    is_concurrent,
    self_ns,
)
from signals_panel.recording.nodes import (
    BLOCK,
    PHASE,
    REQUEST,
    CallNode,
    DispatchNode,
    EffectNode,
    Node,
    Root,
    Scope,
)
from signals_panel.recording.unheard import OTHER_SIGNALS
from signals_panel.recording.walking import (
    call_around,
    calls_of,
    caused_by,
    flat,
    overflows,
    scopes_at,
    walk,
    with_blocks,
)

__all__ = [
    "BLOCK",
    "OTHER_SIGNALS",
    "PASSED_ON",
    "PHASE",
    "REQUEST",
    "SWALLOWED",
    "Axis",
    "CallKey",
    "CallNode",
    "DispatchKey",
    "DispatchNode",
    "EffectKey",
    "EffectNode",
    "Failure",
    "Group",
    "Node",
    "Root",
    "Scope",
    "Tally",
    "add_collected",
    "add_effect",
    "add_fault",
    "add_to",
    "begin_effect",
    "begin_phase",
    "begin_recording",
    "call_around",
    "calls_of",
    "caused_by",
    "count_unrecorded",
    "credit",
    "current",
    "dissolve",
    "elapsed",
    "encloses",
    "end_effect",
    "end_failures",
    "end_folded",
    "end_of",
    "end_of_recording",
    "end_recording",
    "failed",
    "finish",
    "flat",
    "fold_call",
    "handed_over_from",
    "heard",
    "is_concurrent",
    "leave_out",
    "live",
    "lock",
    "logger",
    "note_bulk",
    "overflows",
    "parent_of",
    "place_after",
    "register",
    "remove_hooks",
    "scopes_at",
    "self_ns",
    "settle_failures",
    "sums",
    "take_fault",
    "walk",
    "with_blocks",
]
