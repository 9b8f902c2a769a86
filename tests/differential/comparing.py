"""A recording against the model of it: the tree, the counts, and what a limit leaves of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from differential import model
from signals_panel.recording import (
    CallKey,
    DispatchKey,
    DispatchNode,
    EffectKey,
    EffectNode,
    Group,
    add_to,
    call_around,
    calls_of,
    flat,
    overflows,
)
from signals_panel.results import Query, Recording, node_of

# What is folded goes from a block to what is around it when the block ends, or the receiver that
# it is in. What still runs in it then is missed there: set this to see it.
SHOWS_STRAGGLERS = False

Lines = Iterator[str]
Tree = list[Any]


def differences(expected: model.Block, found: Recording, is_ordered: bool, limit: int) -> Lines:
    """In what a recording differs from the model, as lines to print."""
    if found.faults:
        yield f"faults: {found.faults}"
    if found.unrecorded:
        yield f"unrecorded: {found.unrecorded}"
    if limit < 2**31 and expected.has_stragglers and not SHOWS_STRAGGLERS:
        yield from _tree_differences(expected, found, is_ordered, limit)
        return
    counts = _counts(expected.children)
    unheard = dict(expected.all_unheard())
    totals = (*counts[:2], sum(unheard.values()), counts[2], counts[2] + counts[3])
    if (has := found.totals[:5]) != totals:
        yield f"totals: expected {totals}, found {has}"
    if found.unheard != unheard:
        yield f"unheard: expected {unheard}, found {found.unheard}"
    yield from _tree_differences(expected, found, is_ordered, limit)
    wanted, sums_found = _expected_sums(expected.children, limit), _found_sums(found)
    for sums in (wanted, sums_found):
        # At the top of a block are queries of a receiver around it, folded there.
        for key in [key for key in sums if key[0] == "query"]:
            del sums[key]
        if not is_ordered and limit < 2**31:
            # Which ones are folded, and which still ran then, depends on the order.
            _forget_outcomes(sums)
    if wanted != sums_found:
        yield "sums of what is kept and folded:"
        yield from _diff(_sum_lines(wanted), _sum_lines(sums_found))
    walked = list(found.walk())
    kept = (
        len(walked),
        sum(len(dispatch.calls) for dispatch in walked),
        sum(len(call.queries) for dispatch in walked for call in dispatch.calls),
    )
    folded = tuple(total - mine for total, mine in zip(counts[:3], kept, strict=True))
    if tuple(found.folded) != folded:
        yield f"folded: expected {folded}, found {tuple(found.folded)}"


def model_differences(plain: model.Block, recorded: model.Block) -> Lines:
    """Where the recorded run built another model than the plain one."""
    wanted, has = (_expected_tree(block.children, 2**31) for block in (plain, recorded))
    if wanted != has or plain.all_unheard() != recorded.all_unheard():
        yield "what the program did, as a tree:"
        yield from _diff(_tree_lines(wanted), _tree_lines(has))


def _tree_differences(
    expected: model.Block, found: Recording, is_ordered: bool, limit: int
) -> Lines:
    wanted = _expected_tree(expected.children, limit if is_ordered else 2**31)
    has = _found_tree(node_of(found).children)
    if is_ordered:
        if wanted != has:
            yield "tree:"
            yield from _diff(_tree_lines(wanted), _tree_lines(has))
    elif limit >= 2**31:
        if _sorted(wanted) != _sorted(has):
            yield "tree, sorted:"
            yield from _diff(_tree_lines(_sorted(wanted)), _tree_lines(_sorted(has)))
    elif expected.around is None:
        # Which ones are kept depends on their order; how many, doesn't.
        size, room = _size(has), min(limit, _size(wanted))
        if size != room:
            yield f"kept: expected {room} dispatches and queries, found {size}"


# Trees: nested lists of (words, children) -------------------------------------------------


def _expected_tree(children: list[Any], limit: int) -> Tree:
    tree: Tree = []
    for child in model.flat(children):
        if child.number >= limit or child.number < 0:
            # Beyond the limit, or a query that no receiver made.
            continue
        if type(child) is model.Query:
            params = None if child.many else child.params
            tree.append((("query", child.sql, child.many, child.error, params), []))
            continue
        calls = [
            (
                ("call", call.receiver, call.is_async, call.error, call.is_finished),
                _expected_tree(call.children, limit),
            )
            for call in child.calls
        ]
        tree.append((("dispatch", child.signal, child.sender, child.method), calls))
    return tree


def _found_tree(children: Any) -> Tree:
    tree: Tree = []
    for child in flat(children):
        if type(child) is EffectNode:
            if call_around(child) is None:
                # A query that no receiver made.
                continue
            query = Query(child)
            params = None if query.many else query.params
            tree.append((("query", query.sql, query.many, query.error, params), []))
        elif type(child) is DispatchNode:
            calls = [
                (
                    ("call", call.receiver.text, call.is_async, call.error, bool(call.end)),
                    _found_tree(call.children),
                )
                for call in calls_of(child)
            ]
            tree.append((("dispatch", str(child.signal), child.sender, child.method), calls))
    return tree


def _sorted(tree: Tree) -> Tree:
    return sorted(((node, _sorted(children)) for node, children in tree), key=repr)


def _size(tree: Tree) -> int:
    return sum((node[0] != "call") + _size(children) for node, children in tree)


def _tree_lines(tree: Tree, indent: str = "") -> Lines:
    for node, children in tree:
        yield indent + " ".join(map(str, node))
        yield from _tree_lines(children, indent + "  ")


# Sums: what is kept and folded, added up by what it is --------------------------------------


def _counts(children: list[Any]) -> tuple[int, int, int, int]:
    """Dispatches, calls, queries in receivers, and those outside of them."""
    dispatches = calls = inside = outside = 0
    for child in model.flat(children):
        if type(child) is model.Query:
            outside += 1
            continue
        dispatches += 1
        for call in child.calls:
            calls += 1
            nested = _counts(call.children)
            dispatches += nested[0]
            calls += nested[1]
            inside += nested[2] + nested[3]
    return dispatches, calls, inside, outside


Sums = dict[Any, Any]


def _expected_sums(children: Iterable[Any], limit: int) -> Sums:
    sums: Sums = {}
    _add_expected(sums, children, limit)
    return sums


def _add_expected(sums: Sums, children: Iterable[Any], limit: int) -> None:
    for child in model.flat(list(children)):
        if type(child) is model.Query:
            if child.number >= 0:
                entry = sums.setdefault(("query", child.sql, child.many), [0, 0])
                entry[0] += 1
                entry[1] += child.error is not None
            continue
        key = ("dispatch", child.signal, child.sender, child.method)
        dispatch = sums.setdefault(key, [0, {}])
        dispatch[0] += 1
        for call in child.calls:
            entry = dispatch[1].setdefault((call.receiver, call.is_async), [0, 0, 0, {}])
            is_kept = child.number < limit
            error, is_finished = (call.error, call.is_finished) if is_kept else call.at_end
            entry[0] += 1
            entry[1] += error is not None
            entry[2] += is_finished
            _add_expected(entry[3], call.children, limit)


def _found_sums(recording: Recording) -> Sums:
    group = Group()
    root = node_of(recording)
    add_to(group, root.children, overflows(root))
    sums: Sums = {}
    _add_found(sums, group)
    return sums


def _add_found(sums: Sums, group: Group) -> None:
    for effect in group.of(EffectKey):
        key = ("query", effect.key.text, bool(effect.key.note))
        entry = sums.setdefault(key, [0, 0])
        entry[0] += effect.count
        entry[1] += effect.errors
    for sent in group.of(DispatchKey):
        signal, sender, method, _ = sent.key
        dispatch = sums.setdefault(("dispatch", str(signal), sender, method), [0, {}])
        dispatch[0] += sent.count
        for call in sent.of(CallKey):
            name = (call.key.receiver.text, call.key.is_async)
            entry = dispatch[1].setdefault(name, [0, 0, 0, {}])
            entry[0] += call.count
            entry[1] += call.errors
            entry[2] += call.finished
            _add_found(entry[3], call)


def _forget_outcomes(sums: Sums) -> None:
    for key, entry in sums.items():
        if key[0] == "dispatch":
            for call in entry[1].values():
                call[1:3] = []
                _forget_outcomes(call[-1])


def _sum_lines(sums: Sums, indent: str = "") -> Lines:
    for key, entry in sorted(sums.items(), key=repr):
        yield f"{indent}{key} {[part for part in entry if type(part) is not dict]}"
        for part in entry:
            if type(part) is dict:
                yield from _sum_lines(part, indent + "  ")


def _diff(wanted: Iterable[str], found: Iterable[str]) -> Lines:
    yield from difflib.unified_diff(
        list(wanted), list(found), "expected", "found", lineterm="", n=2
    )


def log_differences(plain: list[Any], recorded: list[Any], is_ordered: bool) -> Lines:
    """Where a recorded program did something else than a plain one."""
    if not is_ordered:
        plain, recorded = sorted(plain, key=repr), sorted(recorded, key=repr)
    if plain != recorded:
        yield "what the program did:"
        yield from _diff(map(repr, plain), map(repr, recorded))
