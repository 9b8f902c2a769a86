"""What was aimed at, beside what was measured."""

from dataclasses import dataclass

from benchmarks import table
from benchmarks.growth import SIZES

# Not recording, the functions are Django's own (each round checks it): a ratio other than 1 is
# the machine's. The worst of some twenty rows may be this far off.
_NOISE = 0.05


@dataclass(frozen=True)
class Goal:
    """One goal, with the figure measured; ``at_least`` when more is better."""

    title: str
    limit: float
    figure: float
    unit: str = "x"
    at_least: bool = False

    @property
    def verdict(self):
        """Whether it holds, or how far off it is."""
        if (self.figure >= self.limit) if self.at_least else (self.figure <= self.limit):
            return "holds"
        return f"misses by {self._written(abs(self.figure - self.limit))}"

    def _written(self, figure):
        # Close to the limit, two decimals would be the limit's own.
        decimals = 3 if abs(self.figure - self.limit) < 0.01 else 2
        return f"{figure:.{decimals}f} {self.unit}"

    @property
    def line(self):
        """The cells of the table."""
        sign = "≥" if self.at_least else "≤"
        return [
            self.title,
            f"{sign} {self.limit:g} {self.unit}",
            self._written(self.figure),
            self.verdict,
        ]


def show(goals):
    """Print all goals that were measured."""
    if goals:
        table.show("Goals", ["", "goal", "measured", ""], [goal.line for goal in goals])


def of_rows(results):
    """Goals on rows; ``results`` are ``Measured`` by their row's key."""
    idle = {key: r for key, r in results.items() if "idle" in r.ns}
    if idle:
        # Of many medians one is always the furthest off: the limit allows for its own noise.
        worst = max(idle.values(), key=lambda r: r.ratio("idle") - r.noise("idle"))
        limit = 1 + max(_NOISE, worst.noise("idle"))
        title = f"not recording vs Django, worst row ({worst.row.title})"
        yield Goal(title, round(limit, 3), worst.ratio("idle"))
    for name in ("send", "asend"):
        for row, words in (("nobody", "connected"), ("unmatched", "matching")):
            if result := results.get(f"{name}-{row}"):
                title = f"recording vs Django, {name}, nobody {words}"
                yield Goal(title, 1.6, result.ratio("recording"))
        for row in ("one", "five", "fifty"):
            if result := results.get(f"{name}-{row}"):
                title = f"recording vs floor, {name}, {row}"
                yield Goal(title, 1.5, result.ratio("recording", "floor"))
                title = f"  the same with gc on, {name}, {row}"
                yield Goal(title, 1.5, result.ratio("recording_gc", "floor_gc"))
    if one := results.get("send-one"):
        peers = [key for key in ("sentry", "tracepanel") if key in one.ns]
        if peers:
            best = min(peers, key=one.median)
            title = f"recording, one receiver, times cheaper than {best}"
            ours = one.ratio(best, "recording")
            yield Goal(f"{title}, total", 5, ours, at_least=True)
            ours = one.added(best) / one.added("recording")
            yield Goal(f"{title}, added", 5, ours, at_least=True)
    if query := results.get("query"):
        panels = query.added("sql_panel")
        title = "a query in a receiver, added, share of the SQL panel's"
        yield Goal(f"{title} (with its send)", 0.1, query.added("recording") / panels)
        alone = query.added("recording") - results["no-query"].added("recording")
        yield Goal(f"{title} (query alone)", 0.1, alone / panels)
    for key in ("load", "load-beside"):
        if load := results.get(key):
            title = f"loading 10,000 objects, recording vs not ({key})"
            yield Goal(title, 1.5, load.ratio("recording", "idle"))
    if page := results.get("shop/cascade"):
        yield Goal("request of the cascade page, on vs off", 1.05, page.ratio("on", "off"))
        title = "  the same without the SQL panel"
        yield Goal(title, 1.05, page.ratio("on_bare", "off_bare"))


def of_own_time(found):
    """The panel's times are the program's, whatever the toolbar takes beside it."""
    for name, limit in (("queries", 1.15), ("caches", 1.25), ("request", 1.25)):
        title = f"times under the toolbar vs without one: {name}"
        yield Goal(title, limit, found[name][2])


def of_kinds(results):
    """What is recorded of an operation must be small beside what even the cheapest one takes."""
    for result in results:
        yield Goal(
            f"hooks stayed vs Django alone, {result.row.title}", 1.05, result.ratio("stayed")
        )
        for key, where in (("recording", "in a receiver"), ("outside", "outside of receivers")):
            title = f"  recording adds, {where}"
            yield Goal(title, 5, result.added(key) / 1e3, "µs")


def of_growth(results):
    """A recording with many dispatches must not slow down."""
    for result in results:
        grown = result.ratio(str(SIZES[-1]), str(SIZES[0]))
        yield Goal(f"dispatch at {SIZES[-1]:,} vs {SIZES[0]} ({result.row.title})", 1.1, grown)


def of_wear(found):
    """A process that has recorded must not stay slower. A worn class shows with 1.14 and more."""
    for name, ratio in found.items():
        yield Goal(f"{name}, not recording, after many recordings vs before", 1.05, ratio)


def of_reports(reports):
    """The largest reports."""
    for made in reports:
        if made.number == 100_000:
            yield Goal(f"report for {made.title}", 1_000, made.ms, "ms")
            yield Goal(f"report for {made.title}", 512, made.size / 1024, "KB")
            yield Goal(f"  rules over {made.title}", 50, made.rules_ms, "ms")


def of_browser(shown):
    """The panel on screen."""
    for title, done, ms, _, limit in shown:
        yield Goal(f"Chromium, {done}, {title}", limit, ms, "ms")
