"""Reads the sections in a file, with a NUL between them, and prints a line on each: accepted, or why not."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from linmem import RecordError, reader

for section in Path(sys.argv[1]).read_bytes().split(b"\0"):
    try:
        reader.read(section)
        print("accepted")
    except RecordError as error:
        print(ascii(error))
