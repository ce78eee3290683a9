# SPDX-License-Identifier: MIT OR Apache-2.0
"""New values in the guest's memory, and new values in the place of old ones."""

from __future__ import annotations

from typing import Any

from .runtime import Block, Release, Runtime


def clear(machine: Any, at: int, size: int) -> None:
    machine.view[at : at + size] = bytes(size)


def create(runtime: Runtime, of: Any, value: Any, block: Block | None = None) -> int:
    """A new block of the guest's memory that holds a value of the type `of`."""
    codec, block = runtime.codec(of), block or runtime.borrowed
    at = runtime.alloc(codec.size, codec.align)
    clear(runtime.machine, at, codec.size)
    try:
        codec.write(at, value, block)
    except BaseException:
        runtime.discard(of, at, 1, (codec.size, codec.align), block)
        raise
    return at


def assign(codec: Any, at: int, value: Any, block: Block) -> None:
    """Writes over a value of several parts: all of it, or nothing if one of them is refused."""
    if not codec.parts:
        codec.write(at, value, block)
        return
    if getattr(value, "_codec", None) is codec and value.address == at:
        return
    replace(codec, at, create(codec.runtime, codec.type, value, block), 1, block)


def create_run(codec: Any, values: Any, block: Block) -> int:
    """A new block of the guest's memory that holds these elements."""
    runtime, size = codec.runtime, len(values) * codec.size
    ptr: int = runtime.alloc(size, codec.align)
    if size:
        clear(runtime.machine, ptr, size)
    try:
        codec.put(ptr, values, block)
    except BaseException:
        runtime.discard(codec.type, ptr, len(values), (size, codec.align), block)
        raise
    return ptr


def replace(codec: Any, at: int, fresh: int, count: int, block: Block) -> None:
    """Puts the values of a block in the place of others, and frees the block and what the others owned."""
    runtime, size = codec.runtime, count * codec.size
    old = Release(runtime)
    try:
        if codec.owns:
            old.inside(codec.type, at, count)
            old.gather()
    except BaseException:
        runtime.discard(codec.type, fresh, count, (size, codec.align), block)
        raise
    memory = codec.machine.view
    memory[at : at + size] = memory[fresh : fresh + size]
    block.move(fresh, at, size)
    runtime.free(fresh, size, codec.align)
    old.run()


def create_owned(runtime: Runtime, pointer: Any, value: Any) -> Block:
    """A new block that the host owns. It keeps alive what the value puts into borrowed fields."""
    block = Block(runtime, pointer, 0)
    try:
        block.address = create(runtime, pointer.inner, value, block)
    except BaseException:
        block.end("freed")
        raise
    runtime.owned[block] = None
    return block
