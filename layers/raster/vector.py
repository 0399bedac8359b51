"""Sixteen pixels at a time: what numba does not make of a loop by itself. Importing this imports numba.

Each is written as one vector of sixteen pixels (32 half words of 16 bits) in LLVM's own terms, so that it becomes one
to four instructions a step on whatever processor there is. Nothing here looks at bounds: callers do.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir

from layers.raster.contract import LANES, U32
from layers.raster.jit import intrinsic, types

Index = int | np.int64
"""What kernels count with: plain integers, or what is left of a wider number."""

_HALVES = ir.VectorType(ir.IntType(16), 2 * LANES)
_PIXELS = ir.VectorType(ir.IntType(32), LANES)


def _at(context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: ir.Type) -> Any:
    made = context.make_array(kind)(context, builder, array)
    return builder.bitcast(builder.gep(made.data, [index]), vector.as_pointer())


@intrinsic
def _laid(typing: Any, out: Any, at: Any, under: Any, start: Any, over: Any, rests: Any, step: Any) -> Any:
    signature = types.void(out, types.int64, under, types.int64, over, rests, types.int64)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        out, at, under, start, over, rests, step = args
        given = kinds.args
        below = builder.load(_at(context, builder, given[2], under, start, _HALVES), align=4)
        above = builder.load(_at(context, builder, given[4], over, step, _HALVES), align=4)
        rest = builder.load(_at(context, builder, given[5], rests, step, _HALVES), align=4)
        eight = ir.Constant(_HALVES, [8] * 2 * LANES)
        low = ir.Constant(_HALVES, [0x00FF] * 2 * LANES)
        high = ir.Constant(_HALVES, [0xFF00] * 2 * LANES)
        rb = builder.lshr(builder.mul(builder.and_(below, low), rest), eight)
        ag = builder.and_(builder.mul(builder.lshr(below, eight), rest), high)
        builder.store(
            builder.add(above, builder.or_(rb, ag)), _at(context, builder, given[0], out, at, _HALVES), align=4
        )
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _filled(typing: Any, out: Any, at: Any, colour: Any) -> Any:
    signature = types.void(out, types.int64, types.uint32)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        out, at, colour = args
        builder.store(_all(builder, colour), _at(context, builder, kinds.args[0], out, at, _PIXELS), align=4)
        return context.get_dummy_value()

    return signature, code


_LANES = ir.VectorType(ir.IntType(1), LANES)


def _masked(builder: Any, name: str, result: Any, kinds: list[Any]) -> Any:
    """Return one of LLVM's functions for a vector of which only some lanes are touched, in memory too."""
    whole = f"llvm.masked.{name}.v{LANES}i32.p0"
    found = builder.module.globals.get(whole)
    return found if found is not None else ir.Function(builder.module, ir.FunctionType(result, kinds), name=whole)


@intrinsic
def _painted(typing: Any, out: Any, at: Any, lanes: Any, colour: Any) -> Any:
    signature = types.void(out, types.int64, types.uint64, types.uint32)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        out, at, lanes, colour = args
        mask = builder.bitcast(builder.trunc(lanes, ir.IntType(LANES)), _LANES)
        pointer = _at(context, builder, kinds.args[0], out, at, _PIXELS)
        word = ir.IntType(32)
        store = _masked(builder, "store", ir.VoidType(), [_PIXELS, pointer.type, word, _LANES])
        builder.call(store, [_all(builder, colour), pointer, ir.Constant(word, 4), mask])
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _tinted(typing: Any, out: Any, at: Any, lanes: Any, rb: Any, g: Any, rest: Any) -> Any:
    signature = types.void(out, types.int64, types.uint64, types.uint32, types.uint32, types.uint32)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        out, at, lanes, rb, g, rest = args
        mask = builder.bitcast(builder.trunc(lanes, ir.IntType(LANES)), _LANES)
        pointer = _at(context, builder, kinds.args[0], out, at, _PIXELS)
        word, none = ir.IntType(32), ir.Constant(_PIXELS, [0] * LANES)
        load = _masked(builder, "load", _PIXELS, [pointer.type, word, _LANES, _PIXELS])
        under = builder.call(load, [pointer, ir.Constant(word, 4), mask, none])

        def part(which: int, own: Any) -> Any:
            kept = ir.Constant(_PIXELS, [which] * LANES)
            mixed = builder.add(builder.mul(builder.and_(under, kept), _all(builder, rest)), _all(builder, own))
            return builder.and_(builder.lshr(mixed, ir.Constant(_PIXELS, [8] * LANES)), kept)

        made = builder.or_(part(0xFF00FF, rb), part(0x00FF00, g))
        made = builder.or_(made, ir.Constant(_PIXELS, [0xFF000000] * LANES))
        store = _masked(builder, "store", ir.VoidType(), [_PIXELS, pointer.type, word, _LANES])
        builder.call(store, [made, pointer, ir.Constant(word, 4), mask])
        return context.get_dummy_value()

    return signature, code


_PAIR = ir.VectorType(ir.IntType(32), 2)
_PAIR_WORDS = ir.VectorType(ir.IntType(64), 2)
_PAIR_BYTES = ir.VectorType(ir.IntType(8), 8)
_PAIR_HALVES = ir.VectorType(ir.IntType(16), 8)


def _both(builder: Any, kind: ir.VectorType, first: Any, second: Any) -> Any:
    """Return a vector of two values."""
    made = builder.insert_element(ir.Constant(kind, ir.Undefined), first, ir.Constant(ir.IntType(32), 0))
    return builder.insert_element(made, second, ir.Constant(ir.IntType(32), 1))


@intrinsic
def _shared(typing: Any, out: Any, near: Any, far: Any, colour: Any, near_cover: Any, far_cover: Any) -> Any:
    signature = types.void(out, types.int64, types.int64, types.uint32, types.uint64, types.uint64)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        out, near, far, colour, near_cover, far_cover = args
        word, places = ir.IntType(32), [ir.Constant(ir.IntType(32), i) for i in range(2)]
        pointers = [_at(context, builder, kinds.args[0], out, place, word) for place in (near, far)]

        def channels(pair: Any) -> Any:
            return builder.zext(builder.bitcast(pair, _PAIR_BYTES), _PAIR_HALVES)

        under = channels(_both(builder, _PAIR, *(builder.load(pointer, align=4) for pointer in pointers)))
        own = channels(_both(builder, _PAIR, colour, colour))
        each = ir.Constant(ir.IntType(64), 0x0001000100010001)
        covers = [builder.mul(cover, each) for cover in (near_cover, far_cover)]
        cover = builder.bitcast(_both(builder, _PAIR_WORDS, *covers), _PAIR_HALVES)
        rest = builder.sub(ir.Constant(_PAIR_HALVES, [256] * 8), cover)
        mixed = builder.add(builder.mul(own, cover), builder.mul(under, rest))
        mixed = builder.lshr(mixed, ir.Constant(_PAIR_HALVES, [8] * 8))
        made = builder.bitcast(builder.trunc(mixed, _PAIR_BYTES), _PAIR)
        made = builder.or_(made, ir.Constant(_PAIR, [0xFF000000] * 2))
        for pointer, place in zip(pointers, places, strict=True):
            builder.store(builder.extract_element(made, place), pointer, align=4)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _copied(typing: Any, out: Any, at: Any, source: Any) -> Any:
    signature = types.void(out, types.int64, source)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        out, at, source = args
        held = builder.load(_at(context, builder, kinds.args[2], source, at, _PIXELS), align=4)
        builder.store(held, _at(context, builder, kinds.args[0], out, at, _PIXELS), align=4)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _row_copied(typing: Any, out: Any, at: Any, source: Any, start: Any, count: Any) -> Any:
    signature = types.void(out, types.int64, source, types.int64, types.int64)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        out, at, source, start, count = args
        byte, given = ir.IntType(8), kinds.args
        to, of = _at(context, builder, given[0], out, at, byte), _at(context, builder, given[2], source, start, byte)
        copied = builder.module.declare_intrinsic("llvm.memcpy", [to.type, of.type, count.type])
        builder.call(copied, [to, of, builder.mul(count, ir.Constant(count.type, 4)), ir.Constant(ir.IntType(1), 0)])
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _showing(typing: Any, covered: Any, at: Any, masks: Any, step: Any, shift: Any) -> Any:
    signature = types.uint32(covered, types.int64, masks, types.int64, types.uint32)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        covered, at, masks, step, shift = args
        hidden = builder.load(_at(context, builder, kinds.args[0], covered, at, _PIXELS), align=4)
        mask = builder.load(_at(context, builder, kinds.args[2], masks, step, _PIXELS), align=4)
        seen = builder.and_(builder.shl(mask, _all(builder, shift)), builder.not_(hidden))
        rows = builder.icmp_unsigned("!=", seen, ir.Constant(_PIXELS, [0] * LANES))
        return builder.zext(builder.bitcast(rows, ir.IntType(LANES)), ir.IntType(32))

    return signature, code


@intrinsic
def _covered(typing: Any, covered: Any, at: Any, stride: Any, masks: Any, step: Any, shift: Any) -> Any:
    signature = types.void(covered, types.int64, types.int64, masks, types.int64, types.uint32)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        covered, at, stride, masks, step, shift = args
        mask = builder.load(_at(context, builder, kinds.args[3], masks, step, _PIXELS), align=4)
        here = builder.shl(mask, _all(builder, shift))
        half = ir.Constant(_PIXELS, [LANES] * LANES)
        for place, bits in (
            (at, here),
            (builder.sub(at, stride), builder.shl(here, half)),
            (builder.add(at, stride), builder.lshr(here, half)),
        ):
            pointer = _at(context, builder, kinds.args[0], covered, place, _PIXELS)
            builder.store(builder.or_(builder.load(pointer, align=4), bits), pointer, align=4)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _lowest(typing: Any, bits: Any) -> Any:
    signature = types.int64(types.uint32)

    def code(context: Any, builder: Any, kinds: Any, args: Any) -> Any:
        (bits,) = args
        return builder.zext(builder.cttz(bits, ir.Constant(ir.IntType(1), 0)), ir.IntType(64))

    return signature, code


def _all(builder: Any, value: Any) -> Any:
    """Return a vector with one value in every lane."""
    none = ir.Constant(_PIXELS, ir.Undefined)
    one = builder.insert_element(none, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, none, ir.Constant(_PIXELS, [0] * LANES))


lay = cast("Callable[[U32, Index, U32, Index, U32, U32, Index], None]", _laid)
"""``lay(out, at, under, start, over, rests, step)``: sixteen pixels of ``out`` become ``under`` with ``over`` on it.

Arrays are flat; ``rests`` holds what each pixel lets through (0..256), once in each half of its 32 bits.
"""

fill = cast("Callable[[U32, int, np.uint32], None]", _filled)
"""``fill(out, at, colour)``: set sixteen pixels of a flat array to a colour."""

paint = cast("Callable[[U32, Index, np.uint64, np.uint32], None]", _painted)
"""``paint(out, at, lanes, colour)``: set those of sixteen pixels whose bit is set; the others are not even touched."""

tint = cast("Callable[[U32, Index, np.uint64, np.uint32, np.uint32, np.uint32], None]", _tinted)
"""``tint(out, at, lanes, rb, g, rest)``: as ``paint``, with a colour multiplied by its cover over what lies there."""

share = cast("Callable[[U32, Index, Index, np.uint32, np.uint64, np.uint64], None]", _shared)
"""``share(out, near, far, colour, near_cover, far_cover)``: lay a colour over two pixels with covers of 0..256."""

copy = cast("Callable[[U32, int, U32], None]", _copied)
"""``copy(out, at, source)``: set sixteen pixels of a flat array to those of another at the same place."""

copy_row = cast("Callable[[U32, Index, U32, Index, Index], None]", _row_copied)
"""``copy_row(out, at, source, start, count)``: as an assignment of slices, which takes half as long again."""

showing = cast("Callable[[U32, Index, U32, Index, np.uint32], np.uint32]", _showing)
"""``showing(covered, at, masks, step, shift)``: which of sixteen rows of a mask are not wholly covered, a bit each."""

cover = cast("Callable[[U32, Index, int, U32, Index, np.uint32], None]", _covered)
"""``cover(covered, at, stride, masks, step, shift)``: mark sixteen rows of a mask as covered, in all three columns.

``covered`` holds columns of words a ``stride`` apart, a word a row; a word is 32 pixels, its column begins 16 pixels
after the one before, so that a mask of up to 16 pixels lies in one word wherever it begins.
"""

lowest = cast("Callable[[np.uint32], int]", _lowest)
"""``lowest(bits)``: the place of the lowest bit that is set, 32 where there is none."""
