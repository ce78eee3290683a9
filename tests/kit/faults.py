"""The conformance kit and the tour on the host abi/python, with memory that runs out: `python3 faults.py KIT TOUR`, both checked.

In every case each allocation is refused in turn. Then memory has a limit, and is full from the first step on, from the second, and
so on. The same is done to the tour's own program. Each time that is said (by a status, None, or the host's OutOfMemoryError), the
bytes of all blocks that were there are as before, no byte beside one was written, and once the host has freed what it owns,
nothing is left.

Prints how each ended, as JSON, and fails at the first that ended otherwise.
"""

import contextlib
import io
import itertools
import json
import sys
from pathlib import Path

from run import KIT, MODULE, ROOT, Failure, Run, imported, linmem

sys.path.insert(0, str(ROOT / "examples/hosts/python"))
import main as tour  # noqa: E402

KNOWN = json.loads((Path(__file__).parent / "faults.json").read_text())


class Starved(Failure):
    """Memory ran out, as was wanted. The cause is how that was said."""


def limit(m):
    """Gives memory a maximum: as much as there is."""
    m._runtime.machine.store.set_limits(memory_size=len(m.memory))


def fill(m, prefix):
    """Allocates all that there is, and returns what frees it again."""
    blocks, size = [], 65536
    while size:
        block = m.raw[prefix + "alloc"](size, 1)
        if block:
            blocks.append((block, size))
        else:
            size //= 2
    return lambda: [m.raw[prefix + "free"](block, size, 1) for block, size in blocks]


class Starving(Run):
    """A case in which the `refuse`-th allocation is refused, or memory is full from the step `full` on."""

    def __init__(self, names, refuse=0, full=None):
        super().__init__(names)
        self.checks, self.refuse, self.full, self.at, self.empty = linmem.checks(self.m), refuse, full, 0, None
        self.checks.refuse = refuse
        if full is not None:
            limit(self.m)

    def lacking(self):
        """Whether memory has run out; where it has a limit, that may be at any time."""
        return not self.refuse or self.checks.refuse == 0

    def contents(self):
        """The bytes of the live blocks, by their numbers, but for the one that the host keeps for arguments."""
        live = (of for of in self.checks.live() if of.addr != self.m._runtime.kept)
        return {of.number: bytes(self.m.memory[of.addr : of.addr + of.size]) for of in live}

    def is_said(self, error):
        """Whether an error says that there is no memory."""
        return isinstance(error, MemoryError) or getattr(error, "status", None) in (1, 7)

    def act(self, step, where):
        if "host function" not in where:
            if self.at == self.full:
                self.empty = fill(self.m, "abi_")
            self.at += 1
        before = self.contents()
        self.may = not self.refuse or not self.lacking()
        try:
            return super().act(step, where)
        except Exception as error:
            said = self.may and self.lacking() and (self.is_mute(step) if self.m.poisoned else self.is_said(error))
            if isinstance(error, Failure) or not said or self.is_wanted(step, error):
                raise
            if not self.m.poisoned:
                after = self.contents()
                for number, was in before.items():
                    assert after.get(number, was) == was, f"{where}: block {number}"
            raise Starved("trapped" if self.m.poisoned else "said") from error

    def is_wanted(self, step, error):
        """Whether a step fails as it does with memory, too."""
        name = "OutOfMemory" if isinstance(error, MemoryError) else getattr(error, "check", getattr(error, "name", None))
        return step.get("fails") == ("trap" if self.m.poisoned else name or "refused")

    def is_mute(self, step):
        """Whether a step calls a function, guest's or host's, that cannot say that there is no memory, and so traps."""
        function = self.records.functions.get(step.get("call"))
        of = function.result if function else None
        hosts = [self.records.imports[tuple(host["import"].rsplit("/", 1))] for host in step.get("host", ())]
        never_null = of is not None and of.kind == "*" and of.mark == "^" and not of.option
        return never_null or any(not self.records.is_status(host.result) for host in hosts)

    def lack(self, error):
        if isinstance(error, Starved):
            return error.__cause__
        return error if self.lacking() and isinstance(error, MemoryError) else None

    def came(self, returned, step):
        nothing = returned is None or returned is False
        wanted = "is" in step and step["is"] is not returned or "as" in step
        if nothing and wanted and self.may and self.lacking():
            raise MemoryError("nothing came")
        return returned

    def finish(self, steps):
        """How the case ended, after a look at what it left."""
        try:
            self.steps(steps)
            end = "managed" if self.lacking() else "enough"
        except Starved as starved:
            end = str(starved)
        if self.m.poisoned:
            return end
        for owner in self.m.live():
            assert end == "said", "the case frees what it owns"
            if not owner.dead:  # by the drop of another one
                owner.free()
        if self.empty:
            self.empty()
        self.checks.refuse = 0
        self.checks.check()
        self.end([{}])
        return end


def tour_without(starve):
    """How the tour's program ends in which `starve` takes memory away before it begins."""
    began = []

    def look(m):
        if not began:
            checks = linmem.checks(m)
            began.extend([m, checks, checks.statistics.blocks, starve(m)])

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            tour.run(TOUR, (ROOT / "examples/hosts/picture.bmp").read_bytes(), look)
        end = "managed"
    except (MemoryError, linmem.StatusError) as error:
        assert isinstance(error, MemoryError) or error.status == 7, error
        end = "said"
    m, checks, before, empty = began
    if checks.refuse:
        end = "enough"
    checks.refuse = 0
    for owner in m.live():
        owner.free()
    if empty:
        empty()
    # The block that the program allocates by hand, it leaves where it ends with an error.
    for block in checks.live():
        if end == "said" and (block.size, block.align) == (8, 1):
            m.raw["free"](block.addr, 8, 1)
    checks.check()
    # The host keeps one block for arguments, from the first call that needs it.
    kept = [block for block in checks.live() if block.addr == m._runtime.kept]
    assert checks.statistics.blocks == before + len(kept), checks.live()
    return end


def count(name, ends):
    """Counts how they ended."""
    counted = {}
    for end, what in ends:
        counted[end] = counted.get(end, 0) + 1
        assert end != "trapped" or what in KNOWN["mute"], f"{what} traps as well"
    print(json.dumps({"name": name, **counted}))


def until_enough(run):
    """How each ended in which one is refused, until there is no more to refuse."""
    return itertools.takewhile(lambda end: end != "enough", map(run, itertools.count(1)))


def refuse(m, number):
    linmem.checks(m).refuse = number


def starve(m):
    limit(m)
    return fill(m, "")


TOUR = Path(sys.argv[2]).read_bytes()
names = imported(MODULE)
# What needs much memory fills it.
cases = [case for case in json.loads((KIT / "cases.json").read_text())["cases"] if "needs" not in case]


def run_case(case, **lack):
    try:
        return Starving(names, **lack).finish(case["steps"])
    except Exception as error:
        raise Failure(f"{case['name']}, {lack}: {error}") from error


count(
    "kit, allocations",
    ((end, case["name"]) for case in cases for end in until_enough(lambda number: run_case(case, refuse=number))),
)
count(
    "kit, full memory",
    (
        (run_case(case, full=full), case["name"])
        for case in cases
        if case["name"] not in KNOWN["crowded"]
        for full in range(len(case["steps"]))
    ),
)
count(
    "tour, allocations",
    ((end, "tour") for end in until_enough(lambda number: tour_without(lambda m: refuse(m, number)))),
)
count("tour, full memory", [(tour_without(starve), "tour")])
