"""Reads the sections in a file, each behind its length, and prints a line of JSON on each.

`{"error": ".."}` says why it is refused, `{"offers": [..]}` what it declares, as records in one order.
"""

import json
import math
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "abi/python"))

from linmem import RecordError, reader
from linmem.records import Aggregate, Case, Const, Records, Signature


def signature(of: Signature) -> str:
    params = "".join(f" {param.name}:{'>' * param.out}{param.type.text}" for param in of.params)
    return params + (f" -> {of.result.text}" if of.result else "")


def cases(of: tuple[Case, ...]) -> str:
    def payload(case: Case) -> str:
        return f":{case.payload.offset}:{case.payload.type.text}" if case.payload else ""

    return "".join(f" {case.name}={case.value}{payload(case)}" for case in of)


def aggregate(of: Aggregate) -> str:
    members = "".join(f" {field.name}:{field.offset}:{field.type.text}" for field in of.fields)
    if of.kind == "tagged":
        members = f" {of.tag}{cases(of.cases)}"
    return f"{of.kind} {of.name} {of.size} {of.align}{members}"


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def literal(of: Const) -> str:
    value = of.value
    if isinstance(value, float):
        # A host need not keep the bits of a NaN.
        form = "f" if of.type == "f32" else "d"
        return "NaN" if math.isnan(value) else "0x" + struct.pack(">" + form, value).hex()
    if isinstance(value, str):
        return str(ord(value)) if of.type == "char" else escaped(value)
    return str(int(value))


def offers(records: Records) -> list[str]:
    lines = ["abi 1 wasm32"]
    lines += [f"role {role} {export}" for role, export in records.roles.items()]
    lines += [aggregate(of) for of in records.aggregates.values()]
    lines += [f"enum {of.name} {of.int}{cases(of.cases)}" for of in records.enums.values()]
    lines += [f"sig {of.name}{signature(of)}" for of in records.sigs.values()]
    lines += [f"opaque {name}" for name in records.opaques]
    lines += [f"const {of.name} {of.type} {literal(of)}" for of in records.consts.values()]
    lines += [f"fn {of.name}{signature(of)}" for of in records.functions.values()]
    lines += [f"import {module} {of.name}{signature(of)}" for (module, _), of in records.imports.items()]
    lines += [f"drop {of.name} {text}" for text, of in records.drops.items()]
    lines += [f"doc {subject} {escaped(text)}" for subject, text in records.docs.items()]
    return sorted(lines)


def main() -> None:
    data, at = Path(sys.argv[1]).read_bytes(), 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        try:
            said = {"offers": offers(reader.read(data[at + 4 : end]))}
        except RecordError as error:
            said = {"error": str(error)}
        print(json.dumps(said))
        at = end


if __name__ == "__main__":
    main()
