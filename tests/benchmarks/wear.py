"""Whether a process that has recorded often is slower when it doesn't record.

From Python 3.13 on, a class whose methods were replaced about 1,000 times loses the
interpreter's shortcuts to its attributes for good. So the hooks stay after the first few hundred
recordings. What that costs what isn't recorded is measured in a process of its own, which must
begin unworn.
"""

import json
import statistics
import subprocess
import sys

RECORDINGS = 3_000


def measured():
    """How many times as long each takes afterwards, not recorded: by its name."""
    command = [sys.executable, "-m", "benchmarks.wear"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _main():
    from benchmarks import project

    with project.running():
        print(json.dumps(_worn()))


def _worn():
    from django.core.cache import cache
    from django.db import connection
    from django.dispatch import Signal

    from benchmarks.rounds import clock
    from shop.models import AuditLog
    from signals_panel import record_signals

    def receive(sender, **kwargs):
        pass

    signal = Signal()
    signal.connect(receive)

    def send(times):
        for _ in range(times):
            signal.send(Signal)

    def query(times):
        for _ in range(times):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")

    def reference(times):
        # Before and after are seconds apart, in which a processor may change its speed.
        texts = {}
        for number in range(times):
            texts[number % 8] = str(number)

    def relative(work, times):
        work(times)
        ratios = []
        for _ in range(30):
            start = clock()
            reference(20_000)
            middle = clock()
            work(times)
            ratios.append((clock() - middle) / (middle - start))
        return statistics.median(ratios)

    def get(times):
        for _ in range(times):
            cache.get("x")

    def make(times):
        for _ in range(times):
            AuditLog(action="x", object_repr="y")

    works = {
        "send": (send, 3_000),
        "query": (query, 300),
        "cache operation": (get, 1_500),
        "model object": (make, 500),
    }

    def measure():
        return {name: relative(work, times) for name, (work, times) in works.items()}

    before = measure()
    for _ in range(RECORDINGS):
        with record_signals():
            for work, _ in works.values():
                work(1)
    after = measure()
    return {name: after[name] / before[name] for name in works}


if __name__ == "__main__":
    _main()
