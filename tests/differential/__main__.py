"""Any number of programs: ``make fuzz ARGS="--programs 20000 --seed 1"``."""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
from time import perf_counter

_MAX_SHOWN = 5
# A program that hangs is shown where it does.
_HANGS_AFTER_S = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--programs", type=int, default=2_000, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="the first one's seed")
    parser.add_argument(
        "--stragglers",
        action="store_true",
        help="show what a limit misses that outlives the block it was in",
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    import django

    django.setup()
    from differential import comparing, reporting, running

    comparing.SHOWS_STRAGGLERS = options.stragglers
    failed = []
    start = perf_counter()
    with running.prepared():
        for seed in range(options.seed, options.seed + options.programs):
            faulthandler.dump_traceback_later(_HANGS_AFTER_S, exit=True)
            failure = reporting.check(seed)
            if failure is not None:
                failed.append(seed)
                if len(failed) <= _MAX_SHOWN:
                    print(failure, end="\n\n", flush=True)
            elif sys.stderr.isatty() and seed % 10 == 0:
                print(f"\rseed {seed}", end="", file=sys.stderr, flush=True)
    faulthandler.cancel_dump_traceback_later()
    rate = options.programs / (perf_counter() - start)
    print(f"{options.programs} programs, {rate:.1f} per second, {len(failed)} failed: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
