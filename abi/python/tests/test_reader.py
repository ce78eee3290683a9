"""The reader of records: what it takes, what it refuses with which rule, and that it does nothing else."""

import contextlib
import random
import re
import time

from support import GUEST, ROOT, Case, custom, module, section

import linmem
from linmem import reader
from linmem.reader import section as find

SAMPLE = """abi 1 wasm32
struct Point 12 4 x:0:i32 y:4:i32 name:8:^cstr
union Bits 4 4 int:0:u32 float:0:f32
tagged Shape 16 8 u8 Circle=0:8:f64 Scaled=4:8:Bits Nothing=5
enum Color u8 Red=0 Green=4
enum Fail status Empty=16
sig Op x:i32 -> i32
opaque Db
const HALF f64 0x3fe0000000000000
const VERSION str 1.0\\n\\\\
drop drop_point ^*Point
fn average values:[]i32 out:>f64 -> Fail
fn find points:~*[+]Point name:str then:?Op -> ?^*Point
import clock:v1 title text:str pixels:~[]u8 -> bool
doc Point.name Owned by the point.
"""


class Refused(Case):
    def refuses(self, rule: str, *lines: str) -> None:
        with self.assertRaises(linmem.RecordError) as caught:
            reader.read(section("\n".join(lines)))
        self.assertEqual(caught.exception.rule, rule, str(caught.exception))

    def test_versions_other_than_1_are_refused(self) -> None:
        for text in (
            "",
            "abi 2 wasm32\n",
            "abi 1 wasm64\n",
            "abi 1\n",
            "abi 1 wasm32\nabi 1 wasm64\n",
            "abi 01 wasm32\n",
        ):
            with self.assertRaises(linmem.RecordError):
                reader.read(text.encode())

    def test_names_declared_twice_are_refused(self) -> None:
        self.refuses("R3", "opaque A", "fn A")
        self.refuses("R3", "role alloc a", "role alloc b")
        self.refuses("R3", "import env f", "import env f x:i32")
        self.refuses("R3", "drop a ^*P", "drop b ^*P", "struct P 4 4 x:0:i32")
        self.refuses("R3", "opaque A", "!opaque A")
        self.refuses("R4", "struct P 8 4 x:0:i32 x:4:i32")
        self.refuses("R4", "fn f x:i32 x:i32")
        self.refuses("R4", "enum E u8 A=0 A=1")

    def test_identical_and_empty_and_unknown_lines_mean_nothing(self) -> None:
        read = reader.read(section("opaque A\n\nopaque A\nnovel A b  c\n\nimport env f\nimport env2 f\nrole magic x"))
        self.assertEqual(read.declared, {"A": "opaque"})
        self.assertEqual(len(read.imports), 2)

    def test_last_line_may_lack_its_end(self) -> None:
        self.assertEqual(reader.read(b"abi 1 wasm32\nopaque A").opaques, {"A"})

    def test_must_understand_records_are_refused(self) -> None:
        self.refuses("R6", "!novel A")
        self.refuses("R6", "!")
        self.assertEqual(reader.read(section("!opaque A")).opaques, {"A"})

    def test_built_in_names_are_refused(self) -> None:
        for name in ("i32", "str", "cstr", "status", "bool"):
            self.refuses("R5", f"opaque {name}")
            self.refuses("R5", f"sig {name}")

    def test_lines_that_match_no_rule_are_refused(self) -> None:
        for line in (
            "struct", "struct P 4 4", "struct P 4 4 x:0", "struct P 4 4 x:0:i32:", "struct P  4 4 x:0:i32",
            "struct P 4 4 x:00:i32", "struct P 4 4 x:+0:i32", "struct P\u0663 4 4 x:0:i32", "struct 1P 4 4 x:0:i32",
            "struct P 4 4 1x:0:i32", "struct P 4 4 x:0:i32\u00e9", "struct P 4 4 x:0:i32 \u00e9 y",
            "struct P \u0664 4 x:0:i32", "struct P 4 4 x:0:i32 ", "enum E u8", "enum E bool A=1", "enum E u8 A",
            "enum E u8 A=0:4:i32", "enum E u8 A=00", "enum E u8 A=-", "tagged T 8 4 u8", "tagged T 8 4 f32 A=0",
            "tagged T 8 4 u8 A=0:", "tagged T 8 4 u8 A=0:4", "opaque", "opaque A B", "const A u32", "const A u32 1 2",
            "const A void 1", "const A f32 1.5", "const A f32 0xG", "const A str", "const A str \\x", "const A str a\tb",
            "fn", "fn f x", "fn f x:i32 ->", "fn f -> i32 i32", "fn f x:>", "fn f x:>>i32", "fn f ->", "import env",
            "import env f:g", "drop d", "drop d ^*i32 x", "drop d *i32", "drop d ?^*i32", "role alloc", "role alloc a b",
            "doc", "doc A", "doc A.b.c text", "doc A. text", "fn f x:status", "fn f x:>status",
        ):  # fmt: skip
            self.refuses("R7", line)

    def test_types_that_are_none_are_refused(self) -> None:
        for of in (
            "", "*", "[]", "i3", "Missing", "*Missing", "[]Missing", "^i32", "~i32", "?i32", "?str", "?[]i32", "~str",
            "^[+]i32", "~[+]i32", "?[+]i32", "^[4]i32", "[04]i32", "[-1]i32", "[x]i32", "^?*i32", "^~*i32", "[ ]i32",
            "*Db", "?Op", "E", "Db", "~cstr", "*status", "[]status",
        ):  # fmt: skip
            if of in ("*Db", "?Op", "E"):
                reader.read(
                    section(
                        f"opaque Db\nsig Op\nenum E u8 A=0\nstruct P {1 if of == 'E' else 4} {1 if of == 'E' else 4} x:0:{of}"
                    )
                )
            else:
                self.refuses("R7", "opaque Db", f"struct P 16 8 x:0:{of}")
        self.refuses("R7", "opaque Db", "fn f x:[]Db")
        self.refuses("R7", "struct A 4 4 x:0:?B", "struct B 4 4 x:0:i32")
        self.refuses("R7", "enum F status A=16", "fn f -> ?F")
        self.refuses("R7", "opaque Db", "fn f x:?Db")
        self.refuses("R7", "struct P 4 4 x:0:i32", "fn f x:P")
        self.refuses("R7", "fn f x:[4]i32")
        self.refuses("R7", "fn f -> str")
        self.refuses("R7", "enum F status A=16", "struct P 4 4 x:0:F")
        self.refuses("R7", "enum F status A=16", "fn f x:F")

    def test_layouts_that_cannot_be_are_refused(self) -> None:
        for line in (
            "struct P 0 4 x:0:i32", "struct P 4 3 x:0:i32", "struct P 4 16 x:0:i32", "struct P 6 4 x:0:i32",
            "struct P 4 4 x:4:i32", "struct P 8 4 x:2:i32", "struct P 8 4 x:0:i64", "struct P 8 4 x:0:i32 y:0:i32",
            "struct P 2147483648 4 x:0:i32", "struct P 99999999999999999999 4 x:0:i32",
            "struct P 4 4 x:0:[0]i32", "struct P 4 4 x:0:[536870912]i32", "struct P 4 4 x:0:[9999999999999999999]i32",
            "union U 8 4 x:4:i32", "union U 8 4 x:0:^str", "union U 12 4 x:0:[+]i32", "tagged T 8 4 u8 A=0:0:i32",
            "tagged T 12 4 u8 A=0:4:i32 B=1:8:i32", "tagged T 8 4 u8 A=0:4:i32 B=0", "tagged T 2 2 u32 A=0",
            "enum E u8 A=256", "enum E i8 A=-129", "enum E u8 A=-1", "enum E u8 A=0 B=0", "enum E u64 A=18446744073709551616",
            "struct P 8 4 x:4:i32", "struct P 8 4 y:4:i32 x:0:i32", "struct P 12 4 x:0:i32 y:8:i32", "struct P 8 8 x:0:i32",
            "union U 8 4 x:0:i32", "tagged T 16 4 u8 A=0:8:i32", "enum F status A=15", "enum F status A=-1",
            "const A bool 2", "const A u8 256", "const A char 55296", "const A char 1114112", "const A f32 0x100000000",
            "const A i64 9223372036854775808", "const A u8 " + "9" * 5000,
        ):  # fmt: skip
            self.refuses("R8", line)
        self.refuses("R8", "struct A 4 4 b:0:B", "struct B 4 4 a:0:A")
        self.refuses("R8", "struct A 4 4 a:0:[1]A")
        self.refuses("R8", "struct P 4 4 x:0:^cstr", "union U 4 4 x:0:P")
        self.refuses("R8", "struct P 4 4 x:0:^cstr", "tagged T 8 4 u8 A=0:4:P", "union U 8 4 x:0:T")
        reader.read(section("struct A 4 4 a:0:*A"))

    def test_limits_end_in_an_error(self) -> None:
        self.refuses("limits", "x" * 70000)
        self.refuses("limits", "doc A " + "\u00e9" * 33000)
        self.refuses("limits", "struct A 4 4 a:0:" + "*" * 17 + "i32")
        self.refuses("limits", "fn f " + " ".join(f"a{at}:i32" for at in range(1001)))
        reader.read(section("struct A 4 4 a:0:" + "*" * 16 + "i32"))
        reader.read(section("fn f " + " ".join(f"a{at}:i32" for at in range(1000))))
        for data in (b"abi 1 wasm32\n" + b"\n" * 4194304, section("\n".join(f"opaque A{at}" for at in range(65537)))):
            with self.assertRaises(linmem.RecordError) as caught:
                reader.read(data)
            self.assertEqual(caught.exception.rule, "limits")

    def test_types_nest_32_deep_and_no_deeper(self) -> None:
        def nested(depth: int) -> str:
            lines = ["struct A0 4 4 x:0:i32"] + [f"struct A{at} 4 4 x:0:A{at - 1}" for at in range(1, depth)]
            random.Random(depth).shuffle(lines)
            return "\n".join(lines)

        reader.read(section(nested(32)))
        self.refuses("R8", nested(33))
        self.refuses("R8", nested(5000))

    def test_section_that_is_not_utf_8_is_refused(self) -> None:
        with self.assertRaises(linmem.RecordError):
            reader.read(b"abi 1 wasm32\ndoc A \xff\n")

    def test_reading_takes_linear_time(self) -> None:
        fields = " ".join(f"f{at}:{4 * at}:*S" for at in range(2000))
        many = "\n".join(f"struct S{at} 64 4 a:0:[2]S{max(at - 1, 0)}" for at in range(1))
        self.refuses("R8", many)
        start = time.perf_counter()
        lines = [f"struct T{at} 32 8 a:0:i64 b:8:[]T{at // 2} c:16:*T{at // 3} d:20:^str" for at in range(20000)]
        read = reader.read(section(f"struct S 8000 4 {fields}\n" + "\n".join(lines)))
        self.assertEqual(len(read.aggregates), 20001)
        self.assertLess(time.perf_counter() - start, 10)

    def test_200_structs_load_in_a_moment(self) -> None:
        lines = [
            f"struct S{at} 32 8 id:0:u32 name:4:^cstr next:8:?*S{(at + 1) % 200} size:16:f64 pair:24:[2]i32"
            for at in range(200)
        ]
        least = 1.0
        for _ in range(10):
            start = time.thread_time()  # what others do meanwhile does not count
            module("", "\n".join(lines)).S199
            least = min(least, time.thread_time() - start)
        # 5 ms are the aim; a busy machine gets three times as many.
        self.assertLess(least, 0.015)

    def test_errors_name_the_record_without_printing_a_megabyte(self) -> None:
        with self.assertRaises(linmem.RecordError) as caught:
            reader.read(section("struct P 4 4 " + "x" * 60000))
        self.assertIn("struct P 4 4 xxx", str(caught.exception))
        self.assertLess(len(str(caught.exception)), 500)


class Accepted(Case):
    def test_examples_of_the_specification_are_read(self) -> None:
        text = (ROOT / "abi/SPEC.md").read_text(encoding="utf-8")
        text = text[text.index("### Constructs") : text.index("### Rules")]
        seen, lines = set(), []
        for block in re.findall(r"```records\n(.*?)```", text, re.S):
            for line in block.splitlines():
                key = " ".join(line.split(" ")[: 3 if line.startswith("import") else 2])
                if key not in seen and not (line.startswith("drop") and line.split(" ")[2] in seen):
                    seen |= {key, line.split(" ")[2] if line.startswith("drop") else key}
                    lines.append(line)
        self.assertGreater(len(lines), 30)
        random.Random(1).shuffle(lines)
        read = reader.read(("\n".join(lines) + "\n").encode())
        self.assertEqual(read.consts["VERSION"].value, "1.0\n\\ beta")
        self.assertEqual(read.consts["INITIAL"].value, "\u00df")
        self.assertEqual(read.consts["LEAST"].value, -(2**63))
        self.assertEqual(read.functions["average"].wasm_params, ("i32", "i32", "i32"))
        self.assertEqual(read.docs["Point"], "A point with a name.\n\nMore about it.")

    def test_sections_of_that_name_are_put_together(self) -> None:
        head = b"\0asm\1\0\0\0"
        parts = custom(b"linmem.abi", b"abi 1 wa") + custom(b"other", b"x") + custom(b"linmem.abi", b"sm32\n")
        self.assertEqual(find(head + parts), b"abi 1 wasm32\n")
        self.assertEqual(find(head), b"")
        for broken in (b"", b"\0asm\2\0\0\0", head + b"\0\xff\xff\xff\xff\xff", head + b"\0\x05", head + b"\1"):
            with self.assertRaises(linmem.AbiError):
                find(broken)

    def test_guest_s_section_is_read_without_it_running(self) -> None:
        self.assertIn("create_point", reader.read(find(GUEST.read_bytes())).functions)


def mutate(random_: random.Random, data: bytes, words: "list[bytes]") -> bytes:
    out = bytearray(data)
    for _ in range(random_.choice((1, 1, 2, 5))):
        at, kind = random_.randrange(len(out) + 1), random_.randrange(6)
        if kind == 0:
            out[at : at + 1] = bytes([random_.randrange(256)])
        elif kind == 1:
            del out[at : at + random_.randrange(1, 9)]
        elif kind == 2:
            out[at:at] = random_.choice(words)
        elif kind == 3:
            other = random_.randrange(len(out) + 1)
            out[at:at] = out[other : other + random_.randrange(40)]
        elif kind == 4:
            found = [match.span() for match in re.finditer(rb"[A-Za-z0-9_]+|[\^~*?\[\]]+", bytes(out))]
            start, end = random_.choice(found)
            out[start:end] = random_.choice(words)
        else:
            lines = bytes(out).split(b"\n")
            random_.shuffle(lines)
            del lines[: random_.randrange(2)]
            out = bytearray(b"\n".join(lines))
    return bytes(out)


class Mutated(Case):
    def test_mutated_sections_are_read_or_refused(self) -> None:
        words = sorted(set(re.findall(rb"[A-Za-z0-9_]+|[\^~*?\[\]+]+|[ :=>\n!\-]", SAMPLE.encode())))
        words += [b"4294967296", b"99999999999999999999999", b"\xff", b"__class__", b"[+]", b"!", b"status", b"-1"]
        accepted, refused = 0, 0
        for seed in range(6000):
            data = mutate(random.Random(seed), SAMPLE.encode(), words)
            try:
                reader.read(data)
                accepted += 1
            except linmem.RecordError as error:
                self.assertIn(error.rule, ("R3", "R4", "R5", "R6", "R7", "R8", "limits"))
                refused += 1
        self.assertGreater(accepted, 300)
        self.assertGreater(refused, 3000)

    def test_mutated_modules_are_searched_or_refused(self) -> None:
        data = GUEST.read_bytes()
        for seed in range(400):
            random_ = random.Random(seed)
            broken = bytearray(data)
            for _ in range(random_.randrange(1, 30)):
                broken[random_.randrange(8, len(broken))] = random_.randrange(256)
            with contextlib.suppress(linmem.AbiError):
                find(bytes(broken[: random_.randrange(len(broken)) if seed % 3 == 0 else None]))
