"""Whether a process that has recorded often is slower when it doesn't record.

From Python 3.13 on, a class whose methods were replaced about 1,000 times loses the
interpreter's shortcuts to its attributes for good. A recording replaces methods of ``Signal``
and of the cursor, so this is measured in a process of its own: it must begin unworn, and none
of the other figures may be worn by it. (On those versions the other tables are taken from worn
classes, Django's column like all others: use 3.12 to compare with a fresh process.)
"""

import json
import statistics
import subprocess
import sys

RECORDINGS = 1_000
_SENDS, _QUERIES = 3_000, 300


def measured():
    """How many times as long a send and a query take afterwards, both not recorded."""
    command = [sys.executable, "-m", "benchmarks.wear"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _main():
    from benchmarks import project

    with project.running():
        print(json.dumps(_worn()))


def _worn():
    from django.db import connection
    from django.dispatch import Signal

    from benchmarks.rounds import clock
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

    def both():
        return relative(send, _SENDS), relative(query, _QUERIES)

    before = both()
    for _ in range(RECORDINGS):
        with record_signals():
            send(1)
            query(1)
    return [after / early for after, early in zip(both(), before, strict=True)]


if __name__ == "__main__":
    _main()
