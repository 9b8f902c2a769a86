"""Run the benchmark: ``make bench``, or ``make bench ARGS="--quick --only sends"``."""

import argparse
import os
import platform
import sys

from benchmarks import project

GROUPS = (
    "pages",
    "own-time",
    "models",
    "sends",
    "queries",
    "kinds",
    "growth",
    "wear",
    "reports",
    "memory",
    "browser",
)
# Left out of a quick run that isn't asked for them: they take long however few the rounds.
_SLOW = ("memory", "browser")


def _options():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, the slow groups left out")
    parser.add_argument(
        "--only", action="append", choices=GROUPS, help="a group of rows; may be repeated"
    )
    return parser.parse_args()


def _say(what):
    print(f"measuring {what} …", file=sys.stderr, flush=True)


def main():
    """Measure each group asked for, print its table, and at last the goals."""
    options = _options()
    wanted = options.only or [g for g in GROUPS if not (options.quick and g in _SLOW)]
    with project.running():
        _measure(wanted, options.quick)


def _measure(wanted, quick):
    # These import Django's models.
    import django

    from benchmarks import goals

    print(f"Python {platform.python_version()}, Django {django.__version__}")
    found, rows = [], {}
    for group in GROUPS:
        if group in wanted:
            _say(group)
            found += _MEASURES[group](quick, rows)
    goals.show([*goals.of_rows(rows), *found])


def _measure_rows(title, row_list, subjects, rounds, rows):
    from benchmarks import table
    from benchmarks.rounds import measure

    results = [measure(row, subjects, rounds) for row in row_list]
    rows |= {result.row.key: result for result in results}
    table.ratios(title, results, subjects)
    return []


def _pages(quick, rows):
    # Before any peer is imported: what those patch in handlers is for good.
    from benchmarks import pages, table
    from benchmarks.rounds import measure

    results = []
    for row in pages.rows():
        is_long = row.key == "showcase/loop"
        rounds = (1 if quick else 12) if is_long else (8 if quick else 80)
        results.append(measure(row, pages.all_subjects(), rounds))
    rows |= {result.row.key: result for result in results}
    table.pages(results)
    return []


def _own_time(quick, rows):
    from benchmarks import goals, own_time, table

    found = own_time.medians(own_time.measured(5 if quick else 40))
    table.show(
        "Times under all of the toolbar's default panels, and without a toolbar",
        ["", "without", "with", "with / without"],
        [
            [own_time.TITLES[name], f"{plain:.1f} ms", f"{shown:.1f} ms", f"{ratio:.2f}"]
            for name, (plain, shown, ratio) in found.items()
        ],
    )
    return goals.of_own_time(found)


def _models(quick, rows):
    from benchmarks import model_work, subjects as s

    columns = [s.DJANGO, s.FLOOR, s.IDLE, s.RECORDING, s.FLOOR_COLLECTED, s.RECORDING_COLLECTED]
    title = "Model work, in multiples of Django alone"
    return _measure_rows(title, model_work.rows(), columns, 2 if quick else 15, rows)


def _columns():
    from benchmarks import peers, subjects as s

    installed, missing = peers.installed()
    print(f"\nPeers missing: {', '.join(missing) or 'none'}")
    ours = [s.DJANGO, s.FLOOR, s.IDLE, s.STAYED, s.RECORDING, s.FOLDED]
    return [*ours, s.FLOOR_COLLECTED, s.RECORDING_COLLECTED, *installed]


def _sends(quick, rows):
    from benchmarks import sends

    title = "One send, in multiples of Django alone"
    return _measure_rows(title, sends.rows(), _columns(), 4 if quick else 60, rows)


def _queries(quick, rows):
    from benchmarks import peers, sends

    title = "One query in a receiver, in multiples of Django alone"
    columns = [*_columns(), peers.SQL_PANEL]
    return _measure_rows(title, sends.query_rows(), columns, 4 if quick else 40, rows)


def _kinds(quick, rows):
    from benchmarks import goals, kinds, table

    results = list(kinds.measured(4 if quick else 40))
    table.kinds(results, kinds.subjects([]))
    return goals.of_kinds(results)


def _growth(quick, rows):
    from benchmarks import goals, growth, table

    results = list(growth.measured(1 if quick else 7))
    table.growth(results, growth.SIZES)
    return goals.of_growth(results)


def _wear(quick, rows):
    from benchmarks import goals, table, wear

    found = wear.measured()
    title = f"Not recording, after {wear.RECORDINGS:,} recordings in one process"
    table.show(title, ["", "vs before"], [[name, f"{ratio:.2f}"] for name, ratio in found.items()])
    return goals.of_wear(found)


def _reports(quick, rows):
    from benchmarks import goals, reports, table

    made = list(reports.made((100, 10_000, 100_000), 1 if quick else 5))
    lines = [
        [m.title, f"{m.ms:.1f} ms", f"{m.size / 1024:.1f} KB", f"{m.rules_ms:.1f} ms"] for m in made
    ]
    heads = ["", "time", "size", "rules"]
    table.show("The report: built and dumped as JSON", heads, lines)
    return goals.of_reports(made)


def _memory(quick, rows):
    from benchmarks import reports, table

    lines = [
        [title, f"{megabytes:.2f} MB"]
        for title, megabytes in reports.peak_memory(20_000 if quick else 100_000)
    ]
    table.show("Peak memory of a recording", ["", "peak"], lines)
    return []


def _browser(quick, rows):
    from benchmarks import browser, goals, table

    missing = browser.why_not()
    if missing:
        print(f"\nThe browser was not measured: {missing}.")
        return []
    shown = list(browser.shown(100_000, 1 if quick else 5))
    lines = [
        [f"{title}, {done}", f"{ms:.0f} ms", f"{longest:.0f} ms"]
        for title, done, ms, longest, _ in shown
    ]
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    title = f"Chromium's trace, from the input to the frame that shows its outcome ({load})"
    table.show(title, ["", "median", "longest"], lines)
    return goals.of_browser(shown)


_MEASURES = {
    "pages": _pages,
    "own-time": _own_time,
    "models": _models,
    "sends": _sends,
    "queries": _queries,
    "kinds": _kinds,
    "growth": _growth,
    "wear": _wear,
    "reports": _reports,
    "memory": _memory,
    "browser": _browser,
}

if __name__ == "__main__":
    main()
