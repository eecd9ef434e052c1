"""Give Indicia thousands of broken files, and fail where it answers with a traceback, a hang, or no number.

`python tests/fuzz --cases 10000 --seed 1` prints a table of what became of the cases, and each kind of failure with the
number of its first case; `python tests/fuzz --seed 1 --only 123` runs that case again, and shows its files.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from attempt import SECONDS, Outcome, attempt, work
from cases import KINDS, case

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from multiprocessing.connection import Connection

WAIT = 60
"""The most seconds that a case may take on a busy machine; of processor time, a worker allows it fewer."""


def main() -> int:
    """Run the cases that the options ask for; 1 where any failed."""
    options = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__.partition("\n")[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--workers", type=int, default=os.cpu_count())
    options.add_argument("--kind", choices=KINDS, help="run the cases of this kind alone")
    options.add_argument("--only", type=int, help="run the case of this number, and show its files")
    given = options.parse_args()
    if given.only is not None:
        return _show(given.seed, given.only)
    kinds = list(KINDS)
    numbers = [number for number in range(given.cases) if given.kind in (None, kinds[number % len(kinds)])]
    shares = [numbers[start :: given.workers] for start in range(given.workers)]
    with ThreadPoolExecutor(given.workers) as threads:
        outcomes = [one for share in threads.map(lambda share: _run(given.seed, share), shares) for one in share]
    return _report(outcomes, given.seed)


def _run(seed: int, numbers: Sequence[int]) -> list[Outcome]:
    """Run cases one after the other in a worker; start another where one hangs or crashes."""
    outcomes: list[Outcome] = []
    ends = _started(seed)
    for number in numbers:
        ends[1].send(number)
        fault = "" if ends[1].poll(WAIT) else f"waits for more than {WAIT} seconds"
        try:
            outcomes.append(ends[1].recv()) if not fault else None
        except EOFError:
            ends[0].join()
            late = ends[0].exitcode == -signal.SIGXCPU
            fault = f"takes more than {SECONDS} seconds" if late else f"the process ends with {ends[0].exitcode}"
        if fault:
            outcomes.append(Outcome(number, list(KINDS)[number % len(KINDS)], "failure", fault))
            ends[0].kill()
            ends = _started(seed)
    ends[0].kill()
    return outcomes


def _started(seed: int) -> tuple[multiprocessing.Process, Connection]:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(seed, theirs), daemon=True)
    process.start()
    theirs.close()
    ours.recv()  # the modules are loaded
    return process, ours


def _report(outcomes: Iterable[Outcome], seed: int) -> int:
    """Print how the cases of each kind ended, and one line for each kind of failure."""
    ended: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    failures: dict[tuple[str, str], list[int]] = {}
    for outcome in outcomes:
        ended[outcome.kind][outcome.word if outcome.verdict == "refusal" else outcome.verdict] += 1
        if outcome.verdict == "failure":
            failures.setdefault((outcome.kind, outcome.word), []).append(outcome.number)
    words = sorted({word for counts in ended.values() for word in counts}, key=lambda word: (word != "result", word))
    print("kind        cases", *(f"{word:>{max(9, len(word))}}" for word in words), sep="  ")
    for kind, counts in ended.items():
        cells = (f"{counts[word]:>{max(9, len(word))}}" for word in words)
        print(f"{kind:<10}", f"{counts.total():>5}", *cells, sep="  ")
    for (kind, word), numbers in sorted(failures.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(numbers)} × {kind}: {word}\n  python tests/fuzz --seed {seed} --only {min(numbers)}")
    return 1 if failures else 0


def _show(seed: int, number: int) -> int:
    """Run one case in this process, and show its files, its words and its end."""
    broken = case(seed, number)
    for name, content in broken.files.items():
        print(f"--- {name}\n{content[:4_000].decode(errors='backslashreplace')}")
    print("--- words:", *broken.words)
    outcome = attempt(number, broken)
    print(f"--- {outcome.verdict} {outcome.word}\n{outcome.told[-4_000:]}")
    return 1 if outcome.verdict == "failure" else 0


if __name__ == "__main__":
    sys.exit(main())
