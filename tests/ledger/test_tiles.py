"""Tiles: the specification's examples, every tile of many sizes against the definition, hostile paths and bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import tiles
from ledger.errors import Malformed
from ledger.merkle import NodeId, prove_consistency, prove_inclusion, root_from_nodes
from ledger.tiles import EntriesId, TileId, TileReader, parse_tile_path, tiles_of
from tests.oracles import NaiveTree
from tests.vector_files import load_vectors
from tests.vector_sources.encoding import Case
from tests.vector_sources.merkle import log_entries

VECTORS = load_vectors("tiles")
LARGEST = 70_000
LARGE_SIZES = [65_535, 65_536, 65_537, LARGEST]


@cache
def log() -> NaiveTree:
    return NaiveTree(log_entries(LARGEST))


def hashes_of(tile: TileId) -> list[bytes]:
    """The definition: MTH(D[(n·256 + i)·256^l : (n·256 + i + 1)·256^l]) for the first `width` i."""
    span = 256**tile.level
    first = tile.index * 256
    return [log().mth((first + at) * span, (first + at + 1) * span) for at in range(tile.width)]


def load(level: int, index: int, width: int) -> bytes:
    return b"".join(hashes_of(TileId(level=level, index=index, width=width)))


def tiles_by_counting(size: int) -> Iterator[TileId]:
    """Lay the leaves out in tiles, then the roots of the full ones, and so on."""
    level, nodes = 0, size
    while nodes:
        for index in range(-(-nodes // 256)):
            yield TileId(level=level, index=index, width=len(range(index * 256, min(nodes, (index + 1) * 256))))
        level, nodes = level + 1, nodes // 256


# ------------------------------------------------------------------------------------------------------------ tiles


def test_tiles_of_all_sizes_to_600_are_those_counted() -> None:
    for size in range(601):
        assert list(tiles_of(size)) == list(tiles_by_counting(size)), size


@pytest.mark.parametrize("size", LARGE_SIZES)
def test_tiles_of_a_large_size_are_those_counted(size: int) -> None:
    assert list(tiles_of(size)) == list(tiles_by_counting(size))


@pytest.mark.parametrize("case", VECTORS["sizes"], ids=lambda case: str(case["size"]))
def test_tiles_are_as_many_as_in_the_vector(case: Case) -> None:
    found = list(tiles_of(case["size"]))

    for level, (full, partial) in enumerate(case["levels"]):
        assert [tile.width for tile in found if tile.level == level] == [256] * full + [partial] * (partial > 0)
    assert {tile.level for tile in found} == set(range(len(case["levels"])))


def test_tiles_of_70_000_are_those_of_the_specification() -> None:
    found = [tile.path for tile in tiles_of(70_000)]

    assert found[272:] == ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]


def test_tiles_of_256_are_one_full_and_one_partial_above() -> None:
    assert [tile.path for tile in tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600, *LARGE_SIZES])
def test_width_is_that_of_the_tile_or_zero(size: int) -> None:
    widths = {(tile.level, tile.index): tile.width for tile in tiles_of(size)}
    places = [(level, index) for level in range(4) for index in range(300)]

    assert [tiles.tile_width(size=size, level=level, index=index) for level, index in places] == [
        widths.get(place, 0) for place in places
    ]


# ------------------------------------------------------------------------------------------------------------ paths


@pytest.mark.parametrize("case", VECTORS["paths"], ids=lambda case: str(case["path"]))
def test_path_is_that_of_the_vector(case: Case) -> None:
    assert tiles.tile_path(case["level"], case["index"], case["width"]) == case["path"]


@pytest.mark.parametrize("case", VECTORS["paths"], ids=lambda case: str(case["path"]))
def test_path_of_the_vector_is_read(case: Case) -> None:
    assert parse_tile_path(case["path"]) == TileId(level=case["level"], index=case["index"], width=case["width"])


@pytest.mark.parametrize("path", VECTORS["refused_paths"], ids=ascii)
def test_path_of_the_vector_is_refused(path: str) -> None:
    with pytest.raises(Malformed):
        parse_tile_path(path)


def test_path_of_the_specification_has_three_groups() -> None:
    assert tiles.tile_path(0, 1_234_067) == "tile/0/x001/x234/067"


@pytest.mark.parametrize(
    ("index", "width", "path"), [(0, 256, "tile/entries/000"), (1067, 5, "tile/entries/x001/067.p/5")]
)
def test_path_of_entries_is_read_back(index: int, width: int, path: str) -> None:
    assert tiles.entries_path(index, width) == path
    assert parse_tile_path(path) == EntriesId(index=index, width=width)


@given(st.integers(0, 63), st.integers(0, 2**62 - 1), st.integers(1, 256))
def test_path_reads_back_what_was_written(level: int, index: int, width: int) -> None:
    assert parse_tile_path(tiles.tile_path(level, index, width)) == TileId(level=level, index=index, width=width)


@given(st.text(max_size=40) | st.from_regex(r"tile/[0-9a-z]{1,3}/(x[0-9]{3}/){0,8}[0-9]{1,4}(\.p/[0-9]{1,4})?"))
def test_garbage_path_raises_only_malformed(garbage: str) -> None:
    try:
        tile = parse_tile_path(garbage)
    except Malformed:
        return
    assert tile.path == garbage


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 2**62, 1), (0, 0, 0), (0, 0, 257), (0, 0, -1)]
)
def test_tile_that_cannot_exist_has_no_path(level: int, index: int, width: int) -> None:
    with pytest.raises(Malformed):
        tiles.tile_path(level, index, width)


@pytest.mark.parametrize(("index", "width"), [(-1, 1), (2**62, 1), (0, 0), (0, 257)])
def test_bundle_that_cannot_exist_has_no_path(index: int, width: int) -> None:
    with pytest.raises(Malformed):
        tiles.entries_path(index, width)


# ---------------------------------------------------------------------------------------------------------- reading


def test_roots_of_all_sizes_to_600_come_out_of_tiles() -> None:
    for size in range(601):
        assert root_from_nodes(size, TileReader(size=size, load=load)) == log().root(size), size


@pytest.mark.parametrize("size", LARGE_SIZES)
def test_root_of_a_large_size_comes_out_of_tiles(size: int) -> None:
    assert root_from_nodes(size, TileReader(size=size, load=load)) == log().root(size)


@given(st.sampled_from([257, 600, *LARGE_SIZES]), st.data())
def test_inclusion_proof_comes_out_of_tiles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = prove_inclusion(index=index, size=size, read=TileReader(size=size, load=load))

    assert proof == log().inclusion(index, size)


@given(st.sampled_from([257, 600, *LARGE_SIZES]), st.data())
def test_consistency_proof_comes_out_of_tiles(size: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(0, size))
    proof = prove_consistency(size1=older, size2=size, read=TileReader(size=size, load=load))

    assert proof == log().consistency(older, size)


@given(st.sampled_from([1, 256, 300, *LARGE_SIZES]), st.data())
def test_reader_loads_only_tiles_of_the_tree_and_each_once(size: int, data: st.DataObject) -> None:
    loaded: list[TileId] = []

    def watched(level: int, index: int, width: int) -> bytes:
        loaded.append(TileId(level=level, index=index, width=width))
        return load(level, index, width)

    index = data.draw(st.integers(0, size - 1))
    prove_inclusion(index=index, size=size, read=TileReader(size=size, load=watched))

    assert set(loaded) <= set(tiles_of(size))
    assert len(loaded) == len(set(loaded))


@given(st.integers(1, 600), st.data())
def test_reader_takes_the_beginning_of_a_newer_tile(size: int, data: st.DataObject) -> None:
    newer = data.draw(st.integers(size, 600))

    def newest(level: int, index: int, _: int) -> bytes:
        return load(level, index, tiles.tile_width(size=newer, level=level, index=index))

    assert root_from_nodes(size, TileReader(size=size, load=newest)) == log().root(size)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[:-32],
        lambda data: data + b"\0",
        lambda _: b"",
        lambda data: data + bytes(8192),
    ],
    ids=["a byte short", "a hash short", "a byte more", "nothing", "wider than a tile"],
)
def test_tile_of_another_length_is_malformed(change: Callable[[bytes], bytes]) -> None:
    reader = TileReader(size=100, load=lambda level, index, width: change(load(level, index, width)))

    with pytest.raises(Malformed, match="tile 0/0"):
        reader([NodeId(level=0, index=0)])


@pytest.mark.parametrize(("level", "index"), [(0, 300), (0, -1), (8, 1), (2, 75), (9, 0), (70, 0)], ids=str)
def test_node_outside_the_tree_is_not_read(level: int, index: int) -> None:
    with pytest.raises(Malformed, match="not in a tree of 300"):
        TileReader(size=300, load=load)([NodeId(level=level, index=index)])


# ---------------------------------------------------------------------------------------------------------- entries


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_entries_read_back_what_was_written(entries: list[bytes]) -> None:
    assert tiles.parse_entries(tiles.encode_entries(entries)) == entries


def test_entries_are_prefixed_with_their_length_high_byte_first() -> None:
    assert tiles.encode_entries([b"", b"ab", bytes(258)]) == b"\0\0" + b"\0\2ab" + b"\1\2" + bytes(258)


def test_entry_of_65_535_bytes_is_read_back() -> None:
    assert tiles.parse_entries(tiles.encode_entries([bytes(65_535)])) == [bytes(65_535)]


def test_entry_of_65_536_bytes_is_refused() -> None:
    with pytest.raises(Malformed, match="65535"):
        tiles.encode_entries([bytes(65_536)])


@pytest.mark.parametrize("count", [0, 257])
def test_bundle_of_so_many_entries_is_not_written(count: int) -> None:
    with pytest.raises(Malformed, match=f"{count} entries"):
        tiles.encode_entries([b"x"] * count)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"\0\1", b"\0\2a", b"\0\0\0", b"\0\1a\0", b"\0\0" * 257],
    ids=["nothing", "half a length", "no entry", "half an entry", "second cut", "trailing byte", "257 entries"],
)
def test_bundle_that_is_cut_or_too_long_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        tiles.parse_entries(data)


@given(st.binary(max_size=80))
def test_garbage_bundle_raises_only_malformed(garbage: bytes) -> None:
    try:
        entries = tiles.parse_entries(garbage)
    except Malformed:
        return
    assert tiles.encode_entries(entries) == garbage
