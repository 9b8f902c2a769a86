"""The table: microseconds for Django alone, ratios for everything else."""

from benchmarks.rounds import Measured


def show(title, heads, lines):
    """Print a table with its columns as wide as they must be; the first is aligned left."""
    print(f"\n{title}\n")
    widths = [max(len(line[i]) for line in (heads, *lines)) for i in range(len(heads))]
    for line in (heads, ["-" * width for width in widths], *lines):
        first, *others = (
            cell.ljust(width) if not i else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip(), flush=True)


def ratios(title, results: list[Measured], subjects):
    """One line for each row, one column for each subject, in multiples of Django alone."""
    others = [subject for subject in subjects if subject.key != "django"]
    has_floor = any(subject.key == "floor" for subject in others)
    heads = ["", "Django alone", *(subject.title for subject in others)]
    if has_floor:
        heads += ["ours / floor", "gc on"]
    lines = []
    for result in results:
        line = [result.row.title, f"{result.median('django') / 1e3:.2f} µs"]
        line += [f"{result.ratio(s.key):.2f}" if s.key in result.ns else "" for s in others]
        if has_floor:
            line += [
                f"{result.ratio('recording', 'floor'):.2f}",
                f"{result.ratio('recording_gc', 'floor_gc'):.2f}",
            ]
        lines.append(line)
    show(title, heads, lines)


def pages(results: list[Measured]):
    """On and off, with the SQL panel and without."""
    show(
        "Whole requests: this panel in the toolbar, or not (gc on)",
        ["", "off", "on / off", "± noise", "off, no SQL panel", "on / off", "± noise"],
        [
            [
                result.row.title,
                *(
                    cell
                    for off, on in (("off", "on"), ("off_bare", "on_bare"))
                    for cell in (
                        f"{result.median(off) / 1e6:.1f} ms",
                        f"{result.ratio(on, off):.3f}",
                        f"{result.noise(on, off):.3f}",
                    )
                ),
            ]
            for result in results
        ],
    )


def growth(results: list[Measured], sizes):
    """Cost of a dispatch by how many there were before, in multiples of the smallest's."""
    first = str(sizes[0])
    lines = []
    for result in results:
        lines.append([result.row.title, f"{result.median(first) / 1e3:.2f} µs"])
        lines[-1] += [f"{result.ratio(str(size), first):.2f}" for size in sizes[1:]]
    heads = ["", f"{sizes[0]:,} dispatches", *(f"{size:,}" for size in sizes[1:])]
    show("One dispatch, by how many the recording has", heads, lines)


def kinds(results: list[Measured], subjects):
    """What each operation takes, in multiples of itself alone, and what that adds."""
    others = [subject for subject in subjects if subject.key != "django"]
    for title, cell in (
        ("in multiples of it alone", lambda result, key: f"{result.ratio(key):.3f}"),
        ("in microseconds", lambda result, key: f"{result.added(key) / 1e3:+.2f}"),
    ):
        show(
            f"What each kind adds to its operation, {title}",
            ["", "alone", *(subject.title for subject in others)],
            [
                [
                    result.row.title,
                    f"{result.median('django') / 1e3:.1f} µs",
                    *(cell(result, subject.key) for subject in others),
                ]
                for result in results
            ],
        )
