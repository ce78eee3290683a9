"""The conformance kit on the host abi/python: python3 run.py MODULE [NAME ..]. Names of cases restrict the run to them.

Prints a line for each case that failed: name <tab> step, what was expected, what came. A last line counts.
"""

import json
import math
import os
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "abi/python"))

import linmem  # noqa: E402
import wasmtime  # noqa: E402

# One compilation serves all instances.
compiled = {}
Engine, Module = wasmtime.Engine, wasmtime.Module
wasmtime.Engine = lambda config: compiled.setdefault("engine", Engine(config))
wasmtime.Module = lambda engine, data: compiled.get(data) or compiled.setdefault(data, Module(engine, data))

KIT = ROOT / "abi/kit"
MODULE = Path(sys.argv[1]).read_bytes()
MISSING = object()


class Failure(Exception):
    """What came is not what the case says."""


def brief(value):
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    text = repr(value)
    return text if len(text) < 200 else text[:200] + " ..."


def expect(ok, where, want, got):
    if not ok:
        raise Failure(f"{where}: expected {brief(want)}, got {brief(got)}")


def same(got, want):
    if isinstance(want, bool) or isinstance(got, bool) or isinstance(want, str):
        return type(got) is type(want) and got == want
    if isinstance(want, float) or isinstance(got, float):
        return math.isnan(want) and math.isnan(got) or (got == want and math.copysign(1, got) == math.copysign(1, want))
    return got == want


class Run:
    """A case, on an instance of its own."""

    def __init__(self, names):
        self.names, self.hosts, self.later, self.problem = {}, [], [], None
        given = {}
        for module, name in names:
            given.setdefault(module, {})[name] = lambda *args, key=(module, name): self.hosted(key, args)
        self.m = linmem.load(MODULE, given)
        self.records = self.m.records
        # The host keeps one block for arguments, from the first call that needs it.
        self.m["same_str"]("x")
        self.before = self.live()

    def live(self):
        return self.m["live_blocks"](), self.m["live_bytes"](), len(self.m.live())

    def type(self, text):
        return self.m._runtime.type(text)

    def aggregate(self, of):
        return self.records.aggregates.get(of.name) if of.kind == "name" else None

    # JSON to values.

    def value(self, of, given):
        if isinstance(given, dict) and "use" in given:
            path = given["use"]
            return self.find(path if isinstance(path, list) else [path])[1]
        if given is None:
            return None
        if of.kind == "*":
            return self.value(of.inner, given)
        if of.kind in ("[]", "[+]", "[N]"):
            if "hex" in given:
                return [int(byte, 16) for byte in given["hex"].split()]
            if "words" in given:
                words = [self.value(self.type("u32"), word) for word in given["words"]]
                return list(struct.pack(f"<{len(words)}I", *words))
            if isinstance(given, dict):
                return [self.value(of.inner, given["repeat"])] * given["times"]
            return [self.value(of.inner, item) for item in given]
        if isinstance(given, dict) and "times" in given:
            return given["repeat"] * given["times"]
        aggregate = self.aggregate(of)
        if aggregate and aggregate.kind == "tagged":
            fields = {field.name: field.type for field in aggregate.fields}
            held = given.get("value")
            return given["tag"], self.value(fields[given["tag"]], held) if given["tag"] in fields else held
        if aggregate:
            fields = {field.name: field.type for field in aggregate.fields}
            return {name: self.value(fields[name], item) if name in fields else item for name, item in given.items()}
        enum = self.records.enums.get(of.name)
        if enum:
            values = {case.name: case.value for case in enum.cases}
            return self.m[of.name](values[given]) if given in values else int(given)
        if of.name in ("i64", "u64") and isinstance(given, str):
            return int(given)
        if of.name in ("f32", "f64") and isinstance(given, str):
            return float(given)
        return given

    def argument(self, of, given):
        """An argument, and what shows what the guest made of it."""
        plain = given is not None and not (isinstance(given, dict) and "use" in given)
        if plain and of.kind == "*" and of.mark != "^" and of.inner.kind not in ("[N]", "[+]"):
            made = self.make(of, given)
            self.later.append(made)
            return made
        return self.value(of, given)

    def make(self, of, given):
        """An owner of a new value."""
        value = self.value(of, given)
        return self.m.new(f"[{len(value)}]{of.inner.text}" if of.kind == "[]" else of.inner.text, value)

    # Values to JSON.

    def match(self, of, got, want, where):
        if want is None:
            return expect(got is None, where, None, got)
        expect(got is not None, where, want, got)
        if want == {}:
            return None
        if of.kind == "*":
            return self.match(of.inner, got.value if isinstance(got, linmem.Cell) else got, want, where)
        if of.kind in ("[]", "[+]", "[N]"):
            if isinstance(want, dict) and "hex" in want:
                wanted = want["hex"].split()
                shown = [f"{byte:02x}" for byte in got]
                ok = len(shown) == len(wanted) and all(w in ("..", s) for w, s in zip(wanted, shown))
                return expect(ok, where, want["hex"], " ".join(shown))
            if isinstance(want, dict):
                want = [want["repeat"]] * want["times"]
            expect(len(got) == len(want), f"{where}, length", len(want), len(got))
            for index, (item, wanted) in enumerate(zip(got, want)):
                self.match(of.inner, item, wanted, f"{where}[{index}]")
            return None
        aggregate = self.aggregate(of)
        if aggregate:
            fields = {field.name: field.type for field in aggregate.fields}
            if aggregate.kind == "tagged":
                expect(got.case == want["tag"], where, want["tag"], got.case)
                if "value" in want:
                    self.match(fields[want["tag"]], got.value, want["value"], f"{where}.value")
                return None
            for name, item in want.items():
                self.match(fields[name], got[name], item, f"{where}.{name}")
            return None
        enum = self.records.enums.get(of.name)
        if enum:
            return expect({case.value: case.name for case in enum.cases}.get(int(got)) == want, where, want, got)
        if isinstance(want, dict):
            want = want["repeat"] * want["times"]
        if of.name in ("i64", "u64"):
            want = int(want)
        if of.name in ("f32", "f64"):
            want, got = float(want), float(got)
        return expect(same(got, want), where, want, got)

    def read_all(self, of, value, depth=0):
        """Reads all of a value, so that what is wrong with it comes out."""
        if value is None or depth > 6:
            return
        aggregate = self.aggregate(of)
        if of.kind == "*":
            self.read_all(of.inner, value.value if isinstance(value, linmem.Cell) else value, depth + 1)
        elif of.kind in ("[]", "[+]", "[N]"):
            for item in value:
                self.read_all(of.inner, item, depth + 1)
        elif aggregate and aggregate.kind == "tagged":
            value.value
        elif aggregate:
            for field in aggregate.fields:
                self.read_all(field.type, value[field.name], depth + 1)

    # Steps.

    def find(self, path):
        of, value = self.names[path[0]]
        for step in path[1:]:
            of = of.inner if of.kind == "*" else of
            aggregate = self.aggregate(of)
            if aggregate and aggregate.kind == "tagged":
                of, value = next(field.type for field in aggregate.fields if field.name == value.case), value.value
            elif aggregate:
                of, value = next(field.type for field in aggregate.fields if field.name == step), value[step]
            else:
                of, value = of.inner, value[step]
        return of, value

    # What a run in which memory runs out looks at; without that it is nothing.

    def lack(self, error):
        """The error of the host's that says that memory ran out, as was wanted, if this one comes from that."""
        return None

    def came(self, returned, step):
        """What a call returned, before everything else."""
        return returned

    def release(self, of, value):
        """Frees what nobody named. Text was copied, and is free."""
        if of.mark == "^" and isinstance(value, linmem.View):
            linmem.View.free(value)

    def steps(self, steps, where=""):
        for index, step in enumerate(steps):
            verb = next(iter(step))
            self.step(step, f"{where}step {index + 1} ({verb} {brief(step[verb])})")

    def step(self, step, where):
        fails = step.get("fails")
        try:
            got = self.act(step, where)
        except Failure:
            raise
        except Exception as error:
            # What else a mistake raises is an accident.
            refusals = linmem.AbiError, TypeError, ValueError, IndexError
            if fails is None or fails != "trap" and not isinstance(error, refusals):
                raise Failure(f"{where}: {brief(error)}") from error
            if isinstance(fails, int):
                expect(getattr(error, "status", None) == fails, where, fails, error)
            elif fails not in ("refused", "trap"):
                name = getattr(error, "check", getattr(error, "name", None))
                name = "OutOfMemory" if isinstance(error, MemoryError) else name
                expect(name == fails, where, fails, error)
            try:
                alive = self.m["same_bool"](True)
            except linmem.AbiError:
                alive = False
            expect(alive == (fails != "trap"), where, fails, f"{brief(error)}, then {'alive' if alive else 'dead'}")
            return
        if fails is not None:
            raise Failure(f"{where}: expected {fails}, got {brief(got)}")

    def act(self, step, where):
        if "call" in step:
            name = step["call"]
            drops = {drop.name: drop for drop in self.records.drops.values()}
            return self.call(self.m[name], self.records.functions.get(name) or drops[name], step, where)
        if "invoke" in step:
            of, value = self.names[step["invoke"]]
            return self.call(value, self.records.sigs[of.name], step, where)
        if "new" in step:
            of = self.type(step["new"])
            value = self.make(of, step["from"])
            if "as" in step:
                self.names[step["as"]] = of, value
            else:
                linmem.View.free(value)
            return value
        if "get" in step:
            of, value = self.find(step["get"])
            if "is" in step:
                self.match(of, value, step["is"], where)
            if "as" in step:
                self.names[step["as"]] = of, value
            if "fails" in step:
                self.read_all(of, value)
            return value
        if "set" in step:
            *path, last = step["set"]
            if not path:
                of, target = self.find([last])
                value = self.value(of.inner, step["to"])
                if isinstance(target, linmem.Tagged):
                    linmem.Tagged.set(target, *value)
                else:
                    target.value = value
                return None
            of, target = self.find(path)
            of = of.inner if of.kind == "*" else of
            aggregate = self.aggregate(of)
            field = next(field.type for field in aggregate.fields if field.name == last) if aggregate else of.inner
            target[last] = self.value(field, step["to"])
            return None
        if "length" in step:
            return expect(len(self.find(step["length"])[1]) == step["is"], where, step["is"], len(self.find(step["length"])[1]))
        if "free" in step:
            return linmem.View.free(self.names[step["free"]][1])
        if "const" in step:
            const = self.records.consts[step["const"]]
            return self.match(self.type(const.type), self.m[step["const"]], step["is"], where)
        raise Failure(f"{where}: no such step")

    def results(self, signature):
        outs = [field.type for field in signature.params if field.out]
        if signature.result is not None and not self.records.is_status(signature.result):
            outs.insert(0, signature.result)
        return outs

    def call(self, function, signature, step, where):
        later, hosts = self.later, self.hosts
        self.later = []
        self.hosts = [(host, f"{where}, host function {at + 1}: ") for at, host in enumerate(step.get("host", ()))]
        try:
            ins = [field for field in signature.params if not field.out]
            given = step.get("args", [])
            args = [self.argument(ins[at].type, item) if at < len(ins) else item for at, item in enumerate(given)]
            returned = self.came(function(*args), step)
            if self.problem:
                raise self.problem
            expect(not self.hosts, where, self.hosts and self.hosts[0][0]["import"], "no such call")
            outs = self.results(signature)
            # What an out pointer to an aggregate led to is an owner.
            outs = [self.type("^*" + of.text) if isinstance(of.kind, str) and of not in (signature.result,) and (self.aggregate(of) or of.kind in ("[N]", "[+]")) else of for of in outs]
            values = returned if len(outs) > 1 else [returned]
            for at, of in enumerate(outs):
                if "is" in step:
                    self.match(of, values[at], step["is"][at] if len(outs) > 1 else step["is"], where)
                if "fails" in step:
                    self.read_all(of, values[at])
            if "as" in step:
                self.names[step["as"]] = outs[0], returned
            else:
                for of, value in zip(outs, values):
                    self.release(of, value)
            for name, want in step.get("wrote", {}).items():
                at = next(at for at, field in enumerate(ins) if field.name == name)
                self.match(ins[at].type, args[at], want, f"{where}, {name}")
            return returned
        except Exception as error:
            raise self.problem or error
        finally:
            for view in self.later:
                if not self.m.poisoned:
                    linmem.View.free(view)
            self.later, self.hosts = later, hosts

    def hosted(self, key, args):
        """A host function: it is called as the step says, and does what the step says."""
        host, where = self.hosts.pop(0) if self.hosts else ({}, "host: ")
        try:
            expect(host.get("import") == "/".join(key), where, host.get("import", "no call"), "/".join(key))
            signature = self.records.imports[key]
            ins = [field for field in signature.params if not field.out]
            for field, value, want in zip(ins, args, host["args"]):
                self.match(field.type, value, want, where + field.name)
            for field, value in zip(ins, args):
                if field.name in host.get("as", {}):
                    self.names[host["as"][field.name]] = field.type, value
                else:
                    self.release(field.type, value)
            self.steps(host.get("do", []), where)
            if "fails" not in host:
                outs = self.results(signature)
                returns = host.get("returns")
                values = [self.value(of, returns[at] if len(outs) > 1 else returns) for at, of in enumerate(outs)]
                return tuple(values) if len(outs) > 1 else values[0] if outs else None
        except Exception as error:
            lack = self.lack(error)
            if lack:
                raise lack from None
            self.problem = self.problem or (error if isinstance(error, Failure) else Failure(f"{where}{brief(error)}"))
            raise
        statuses = {"Null": 1, "NotUtf8": 5, "OutOfMemory": 7, "Invalid": 8, "Empty": 16, "TooMany": 17}
        if host["fails"] in statuses:
            raise linmem.StatusError(statuses[host["fails"]])
        raise RuntimeError(host["fails"])

    def end(self, steps):
        if steps[-1].get("fails") != "trap":
            after = self.live()
            expect(after == self.before, "end", f"{self.before} blocks, bytes, owners", after)


def imported(module):
    """Module and name of each import of a wasm module."""
    return [(of.module, of.name) for of in Module(Engine(), module).imports]


def section_of(pieces, prelude):
    """The bytes of a section. A line in `pieces` has its LF added."""
    parts = []
    for piece in [*prelude, *pieces]:
        if isinstance(piece, str):
            parts.append(piece.encode() + b"\n")
        elif "hex" in piece:
            parts.append(bytes.fromhex(piece["hex"]))
        elif "text" in piece:
            parts.append(piece["text"].encode())
        else:
            text, times = piece["repeat"], range(piece["times"])
            parts.append("".join(text.replace("#", str(i)).replace("@", str(i + 1)) for i in times).encode())
    return b"".join(parts)


def check_section(section, prelude, names):
    given = {}
    for module, name in names:
        given.setdefault(module, {})[name] = lambda *args: 0

    def under(pieces):
        data = section_of(pieces, [] if section.get("bare") else prelude)
        return linmem.load(MODULE, given, sidecar=data)

    if "refuse" in section or section.get("either"):
        try:
            under(section["text"])
        except linmem.AbiError:
            pass
        else:
            expect("refuse" not in section, "section", section.get("refuse"), "no error")
    if section.get("either"):
        return
    m = under(section["mended"] if "refuse" in section else section["text"])
    for name in section.get("declares", ()):
        expect(name in m.records.declared, "section", name, sorted(m.records.declared)[:20])
    for name, want in section.get("consts", {}).items():
        of = m.records.consts[name].type
        want = int(want) if of in ("i64", "u64") else float(want) if of in ("f32", "f64") else want
        got = float(m[name]) if isinstance(want, float) else m[name]
        expect(same(got, want), name, want, got)


def main():
    cases = json.loads((KIT / "cases.json").read_text())["cases"]
    kit = json.loads((KIT / "sections.json").read_text())
    names, only, failed = imported(MODULE), sys.argv[2:], 0
    cases = [case for case in cases if "needs" not in case or "KIT_SMALL" not in os.environ]
    cases, sections = ([it for it in some if not only or it["name"] in only] for some in (cases, kit["sections"]))
    for case in cases:
        try:
            run = Run(names)
            run.steps(case["steps"])
            run.end(case["steps"])
        except Exception as error:
            failed += 1
            print(f"{case['name']}\t{error if isinstance(error, Failure) else brief(error)}")
            if not isinstance(error, Failure) and only:
                raise
    for section in sections:
        try:
            check_section(section, kit["prelude"], names)
        except Exception as error:
            failed += 1
            print(f"{section['name']}\t{error if isinstance(error, Failure) else brief(error)}")
    print(f"{len(cases)} cases, {len(sections)} sections, {failed} failures")


if __name__ == "__main__":
    main()
