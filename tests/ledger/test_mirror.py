"""A mirror takes what is proven, keeps it through every fault, and tells a contradiction from an outage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.anchor import Finality
from ledger.canonical import decode_base64
from ledger.chain import SetUp, connect
from ledger.checkpoint import open_checkpoint
from ledger.embedded import EmbeddedChain
from ledger.errors import Conflict, Malformed, Unavailable, WrongChain
from ledger.log import consistency
from ledger.log_folder import LogFolder
from ledger.merkle import verify_consistency
from ledger.mirror import Alarm, AlarmKind, MirrorFolder, Rejected
from ledger.tiles import EntriesId, TileId
from ledger.trust import Trust, TrustedKey
from tests.anchored import AnchoredLog, set_up
from tests.chains import fixed_genesis, new_chain
from tests.clock import FixedClock
from tests.ledger.mirrored import SIGNER, WITNESS, CutOff, Operator, Site, Tree, entry, signer_of
from tests.tile_reader import TiledLog

pytestmark = pytest.mark.longer(one_in=2)


@pytest.fixture(scope="module")
def opened_log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SetUp]:
    """A chain on which the log was just opened."""
    folder = tmp_path_factory.mktemp("opened") / "chain"
    with new_chain(folder) as chain:
        return folder, set_up(connect(chain))


@contextmanager
def operating(opened_log: tuple[Path, SetUp], folder: Path, **changed: Any) -> Iterator[Operator]:
    """An operator with a chain of its own in `folder`, on which the log was just opened."""
    chain = Path(shutil.copytree(opened_log[0], folder))
    with EmbeddedChain.open(chain, clock=FixedClock(), durable=False) as opened:
        yield Operator(log=AnchoredLog(node=connect(opened), set_up=opened_log[1]), **changed)


@pytest.fixture(scope="module")
def tree() -> Tree:
    """The honest tree."""
    return Tree(size=1_100)


@pytest.fixture
def operator(opened_log: tuple[Path, SetUp], tree: Tree, tmp_path: Path) -> Iterator[Operator]:
    """An operator whose log was just opened on a chain of its own."""
    with operating(opened_log, tmp_path / "chain", tree=tree) as operator:
        yield operator


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where the mirror is."""
    return tmp_path / "mirror"


def read_folder(folder: Path) -> TiledLog:
    return TiledLog(lambda path: (folder / "tiles" / path).read_bytes())


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def held_size(folder: Path) -> int:
    checkpoint = MirrorFolder(folder).tiles.checkpoint()
    return 0 if checkpoint is None else checkpoint.size


# ----------------------------------------------------------------------------------------------------- an honest log


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600, 1_024])
def test_mirror_of_any_size_is_a_log_that_a_reader_of_the_specification_accepts(
    operator: Operator, copy: Path, size: int
) -> None:
    operator.anchor(0, size)

    found = operator.mirror(copy, Site(operator.tree, size)).update()

    assert (found.size, found.anchored, found.chain) == (size, size, None)
    assert read_folder(copy).checked_root(size) == operator.tree.root(size) == found.root


def test_mirror_that_grows_in_steps_is_the_one_that_came_late(operator: Operator, tmp_path: Path) -> None:
    sizes = (1, 3, 256, 300, 513, 1_100)
    operator.anchor(0, *sizes)
    for size in sizes:
        operator.mirror(tmp_path / "steps", Site(operator.tree, size)).update()
    operator.mirror(tmp_path / "late", Site(operator.tree, sizes[-1])).update()

    early, late = files(tmp_path / "steps"), files(tmp_path / "late")

    assert {name: early[name] for name in late if name.startswith("tiles/")} == {
        name: data for name, data in late.items() if name.startswith("tiles/")
    }
    assert [json.loads(line)["size"] for line in early["checkpoints.jsonl"].splitlines()] == list(sizes)


def test_mirror_asks_for_new_leaves_alone(operator: Operator, copy: Path) -> None:
    operator.mirror(copy, Site(operator.tree, 600)).update()
    site = Site(operator.tree, 700)

    operator.mirror(copy, site).update()

    assert {path for path in site.asked if "entries" in path} == {"tile/entries/002.p/188"}


def test_nothing_new_changes_nothing(operator: Operator, copy: Path) -> None:
    operator.anchor(0, 300)
    operator.mirror(copy, Site(operator.tree, 300)).update()
    before = files(copy)

    again = operator.mirror(copy, Site(operator.tree, 300)).update()

    assert (again.before, again.size, again.stale) == (300, 300, False)
    assert files(copy) == before


def test_every_checkpoint_of_the_contract_is_compared(operator: Operator, copy: Path) -> None:
    operator.anchor(0, 5, 17, 300, 513)

    found = operator.mirror(copy, Site(operator.tree, 600)).update()

    assert (found.size, found.anchored, found.chain) == (600, 513, None)
    assert MirrorFolder(copy).followed.count == 4


def test_full_tile_is_taken_where_the_partial_one_is_gone(operator: Operator, copy: Path) -> None:
    site = Site(operator.tree, 512, note=operator.tree.note(300))
    site.hurt = lambda tile, data: None if tile.width < 256 and tile.index == 1 else data

    assert operator.mirror(copy, site).update().size == 300


# ------------------------------------------------------------------------------------------------- a dishonest log


@pytest.mark.parametrize(
    ("held", "served"), [(300, 300), (300, 700), (700, 300), (256, 257), (1, 2), (2, 1), (513, 512)]
)
def test_fork_is_proven_and_kept_and_nothing_of_it_is_taken(
    operator: Operator, copy: Path, held: int, served: int
) -> None:
    operator.mirror(copy, Site(operator.tree, held)).update()
    before = files(copy)
    forked = Tree(size=1_100, fork=0)

    with pytest.raises(Alarm) as alarm:
        operator.mirror(copy, Site(forked, served)).update()

    assert alarm.value.kind is AlarmKind.FORK
    kept = files(alarm.value.evidence)
    notes = [open_checkpoint(kept[name].decode(), [SIGNER.vkey]) for name in ("kept.note", "served.note")]
    assert [note.size for note in notes] == [held, served]
    assert {name: data for name, data in files(copy).items() if not name.startswith("alarms/")} == before


def test_proof_of_a_fork_convinces_who_trusts_nobody_but_the_logs_key(operator: Operator, copy: Path) -> None:
    operator.mirror(copy, Site(operator.tree, 300)).update()
    forked = Tree(size=1_100, fork=200)
    with pytest.raises(Alarm) as alarm:
        operator.mirror(copy, Site(forked, 700)).update()

    kept = files(alarm.value.evidence)
    served = open_checkpoint(kept["served.note"].decode(), [SIGNER.vkey])
    proof = [decode_base64(line) for line in kept["consistency.txt"].decode().splitlines()]

    # the proof leads from another root of 300 leaves than the signed one to the signed root of 700
    verify_consistency(size1=300, size2=700, root1=forked.root(300), root2=served.root, proof=proof)
    assert forked.root(300) != open_checkpoint(kept["kept.note"].decode(), [SIGNER.vkey]).root


def test_same_fork_is_kept_once(operator: Operator, copy: Path) -> None:
    operator.mirror(copy, Site(operator.tree, 300)).update()
    for _ in range(2):
        with pytest.raises(Alarm):
            operator.mirror(copy, Site(Tree(size=700, fork=3), 700)).update()

    assert len(list((copy / "alarms").iterdir())) == 1


def test_office_that_saw_nothing_before_finds_a_fork_by_the_contract(operator: Operator, copy: Path) -> None:
    operator.anchor(0, 100, 300)

    with pytest.raises(Alarm) as alarm:
        operator.mirror(copy, Site(Tree(size=700, fork=200), 700)).update()

    assert alarm.value.kind is AlarmKind.CHAIN_CONTRADICTS
    assert held_size(copy) == 0


def test_false_size_on_the_chain_is_found(operator: Operator, copy: Path) -> None:
    # the proof from 4 to 6 leaves holds for a claim of 7 and 8 as well: most proofs fit more than one size
    tree = Tree(size=6)
    operator.anchor(0, 4, tree=tree)
    operator.claim(4, 8, tree.root(6), consistency(tree, 4, 6))

    with pytest.raises(Alarm) as alarm:
        operator.mirror(copy, Site(tree, 6), cosigner=operator.cosigner()).update()

    assert alarm.value.kind is AlarmKind.SIZE_MISSTATED


def test_leaves_that_were_never_published_are_not_cosigned(operator: Operator, copy: Path) -> None:
    operator.name_witness()
    operator.anchor(0, 300, 700)

    found = operator.mirror(copy, Site(operator.tree, 300), cosigner=operator.cosigner()).update()

    assert found.anchored == 300
    assert found.chain == "the contract holds a checkpoint of 700 leaves, the log publishes 300"
    assert found.cosigned == (0,)


def test_signed_size_without_its_leaves_is_not_taken(operator: Operator, copy: Path) -> None:
    operator.name_witness()
    operator.anchor(0, 300, 700)
    site = Site(operator.tree, 500, note=operator.tree.note(700))

    with pytest.raises(Unavailable, match=r"tile/entries/002\.p/188 is not published|tile/entries/001 is not"):
        operator.mirror(copy, site, cosigner=operator.cosigner()).update()

    assert held_size(copy) == 0
    assert not operator.log.history().cosignatures()


def test_chain_that_was_built_anew_is_found_by_what_was_final_before(
    operator: Operator, opened_log: tuple[Path, SetUp], tmp_path: Path, copy: Path
) -> None:
    operator.anchor(0, 300)
    operator.mirror(copy, Site(operator.tree, 300)).update()
    # the same genesis, the same keys, the same contract: another history
    with operating(opened_log, tmp_path / "again") as rebuilt:
        rebuilt.anchor(0, 300, tree=Tree(size=300, fork=7))
        assert rebuilt.log.identity == operator.log.identity

        with pytest.raises(Alarm) as alarm:
            rebuilt.mirror(copy, Site(operator.tree, 300)).update()

    assert alarm.value.kind is AlarmKind.CHAIN_REWRITTEN


# ------------------------------------------------------------------------------------ what looks bad and proves nothing


def shorter(_tile: TileId | EntriesId, data: bytes) -> bytes:
    return data[:-1]


def longer(_tile: TileId | EntriesId, data: bytes) -> bytes:
    return data + bytes(32)


def swapped(tile: TileId | EntriesId, data: bytes) -> bytes:
    """Two bundles in each other's place, as a cache might serve them."""
    return Site(Tree(size=1_100), 1_024).get(EntriesId(index=1 - tile.index)) or data if tile.index < 2 else data


def damaged(_tile: TileId | EntriesId, data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


def other_lengths(_tile: TileId | EntriesId, data: bytes) -> bytes:
    return b"\x00\x21" + data[2:]


@pytest.mark.parametrize("hurt", [shorter, longer, swapped, damaged, other_lengths])
@pytest.mark.parametrize("held", [0, 300])
def test_hurt_entries_are_rejected_and_taken_when_they_are_whole(
    operator: Operator, copy: Path, hurt: Callable[..., bytes], held: int
) -> None:
    operator.anchor(0, 300, 700)
    if held:
        operator.mirror(copy, Site(operator.tree, held)).update()
    before = files(copy)
    site = Site(operator.tree, 700)
    site.hurt = lambda tile, data: (
        hurt(tile, data) if isinstance(tile, EntriesId) and tile.index >= held // 256 else data
    )

    with pytest.raises(Rejected):
        operator.mirror(copy, site).update()

    assert {**before, "trust.json": b""} == {**files(copy), "trust.json": b""} or hurt in {shorter, longer}
    assert held_size(copy) == held
    assert operator.mirror(copy, Site(operator.tree, 700)).update().size == 700
    assert not (copy / "alarms").exists()


@pytest.mark.parametrize("hurt", [shorter, longer, damaged])
def test_hurt_tiles_do_not_prove_a_fork(operator: Operator, copy: Path, hurt: Callable[..., bytes]) -> None:
    operator.mirror(copy, Site(operator.tree, 300)).update()
    site = Site(operator.tree, 700)
    site.hurt = lambda tile, data: hurt(tile, data) if isinstance(tile, TileId) else data

    with pytest.raises(Rejected):
        operator.mirror(copy, site).update()

    assert not (copy / "alarms").exists()
    assert operator.mirror(copy, Site(operator.tree, 700)).update().size == 700


def test_older_checkpoint_played_again_is_told_and_is_no_alarm(operator: Operator, copy: Path) -> None:
    operator.anchor(0, 300, 700)
    operator.mirror(copy, Site(operator.tree, 700)).update()

    found = operator.mirror(copy, Site(operator.tree, 300)).update()

    assert (found.size, found.stale) == (700, True)
    assert held_size(copy) == 700


def test_checkpoint_ahead_of_its_tiles_waits(operator: Operator, copy: Path) -> None:
    operator.mirror(copy, Site(operator.tree, 300)).update()

    with pytest.raises(Unavailable, match="is not published"):
        operator.mirror(copy, Site(operator.tree, 600, note=operator.tree.note(700))).update()

    assert held_size(copy) == 300


NOTES: dict[str, Callable[[Tree], str]] = {
    "of another log": lambda tree: tree.note(300, signer=signer_of(9, name="other.example/log")),
    "by an unknown key": lambda tree: tree.note(300, signer=signer_of(8)),
    "with a bad signature": lambda tree: tree.note(300).replace("\n300\n", "\n299\n"),
    "that is cut short": lambda tree: tree.note(300)[:-20],
    "that is a web page": lambda _tree: "<html>welcome to our Wi-Fi</html>\n",
    "by a key outside its sizes": lambda tree: tree.note(300, signer=signer_of(7)),
}


@pytest.mark.parametrize("what", NOTES)
def test_note_that_no_trusted_key_signed_is_rejected(operator: Operator, copy: Path, what: str) -> None:
    keys = (*operator.trust.keys, TrustedKey(vkey=signer_of(7).vkey, from_size=0, until_size=299))
    trust = Trust(origin=operator.trust.origin, keys=keys, anchors=operator.trust.anchors)
    site = Site(operator.tree, 300, note=NOTES[what](operator.tree))

    with pytest.raises(Rejected):
        operator.mirror(copy, site, trust=trust).update()

    assert held_size(copy) == 0
    assert not (copy / "alarms").exists()


def test_key_is_taken_within_its_sizes(operator: Operator, copy: Path) -> None:
    keys = (TrustedKey(vkey=signer_of(7).vkey, from_size=0, until_size=300),)
    trust = Trust(origin=operator.trust.origin, keys=keys, anchors=operator.trust.anchors)

    site = Site(operator.tree, 300, note=operator.tree.note(300, signer=signer_of(7)))

    assert operator.mirror(copy, site, trust=trust).update().size == 300


def test_chain_that_does_not_answer_is_told_and_asked_again(operator: Operator, copy: Path) -> None:
    operator.name_witness()
    operator.anchor(0, 300)
    site, cosigner = Site(operator.tree, 300), operator.cosigner()

    without = operator.mirror(copy, site, chain=CutOff(), cosigner=cosigner).update()
    later = operator.mirror(copy, site, cosigner=cosigner).update()

    assert (without.size, without.anchored, without.cosigned) == (300, 0, ())
    assert without.chain == without.cosigning == "node: it does not answer"
    assert (later.anchored, later.cosigned, later.chain) == (300, (0,), None)


def test_another_chain_is_named(operator: Operator, copy: Path, tmp_path: Path) -> None:
    with new_chain(tmp_path / "other", genesis=fixed_genesis(extra_data=b"\x08" * 32)) as chain:
        node = connect(chain)
        other = Operator(log=AnchoredLog(node=node, set_up=set_up(node)))

        with pytest.raises(WrongChain, match="genesis_hash"):
            operator.mirror(copy, Site(operator.tree, 300), chain=other.log.history()).update()


def test_node_that_is_behind_is_no_alarm(
    operator: Operator, opened_log: tuple[Path, SetUp], tmp_path: Path, copy: Path
) -> None:
    operator.anchor(0, 300)
    operator.mirror(copy, Site(operator.tree, 300)).update()
    with operating(opened_log, tmp_path / "behind") as behind:
        found = behind.mirror(copy, Site(operator.tree, 300)).update()

    assert found.chain == "the node shows 0 checkpoints, 1 were final before"


def test_checkpoint_that_is_not_final_is_waited_for(operator: Operator, copy: Path) -> None:
    operator.name_witness()
    operator.anchor(0, 300)
    chain = operator.log.history(finality=Finality(kind="depth", depth=2))
    mirror = operator.mirror(copy, Site(operator.tree, 300), chain=chain, cosigner=operator.cosigner())

    early = mirror.update()
    operator.name_witness()  # two blocks

    assert (early.anchored, early.cosigned, early.chain) == (0, (), "the checkpoint of 300 leaves is not final yet")
    assert mirror.update().cosigned == (0,)


# ------------------------------------------------------------------------------------------------------------ witness


def test_witness_cosigns_each_new_checkpoint_once(operator: Operator, copy: Path) -> None:
    operator.name_witness()
    operator.anchor(0, 5, 17)
    site, cosigner = Site(operator.tree, 17), operator.cosigner()
    first = operator.mirror(copy, site, cosigner=cosigner).update()
    operator.anchor(17, 20, 300, 513)
    site.size = 513

    second = operator.mirror(copy, site, cosigner=cosigner).update()
    third = operator.mirror(copy, site, cosigner=cosigner).update()

    # of the checkpoints before the first look the newest covers the older ones
    assert (first.cosigned, second.cosigned, third.cosigned) == ((1,), (2, 3, 4), ())
    assert [item.index for item in operator.log.history().cosignatures()] == [1, 2, 3, 4]


def test_who_is_no_witness_is_told_so(operator: Operator, copy: Path) -> None:
    operator.anchor(0, 300)

    found = operator.mirror(copy, Site(operator.tree, 300), cosigner=operator.cosigner()).update()

    assert found.cosigned == ()
    assert found.cosigning == f"the contract's owner has not named {WITNESS.address} a witness of this log"


def test_open_alarm_stops_cosigning_until_somebody_has_dealt_with_it(operator: Operator, copy: Path) -> None:
    operator.name_witness()
    operator.anchor(0, 300)
    site, cosigner = Site(operator.tree, 300), operator.cosigner()
    operator.mirror(copy, site, cosigner=cosigner).update()
    with pytest.raises(Alarm):
        operator.mirror(copy, Site(Tree(size=700, fork=3), 700), cosigner=cosigner).update()
    operator.anchor(300, 700)
    site.size = 700

    held_back = operator.mirror(copy, site, cosigner=cosigner).update()
    (copy / "alarms").rename(copy.parent / "dealt with")
    after = operator.mirror(copy, site, cosigner=cosigner).update()

    assert (held_back.size, held_back.cosigned) == (700, ())
    assert "an alarm is open: fork-" in str(held_back.cosigning)
    assert after.cosigned == (1,)


def test_cosigning_goes_on_where_a_crash_left_it(operator: Operator, copy: Path) -> None:
    operator.name_witness()
    operator.anchor(0, 5)
    site, cosigner = Site(operator.tree, 5), operator.cosigner()
    operator.mirror(copy, site, cosigner=cosigner).update()
    operator.anchor(5, 17, 20)
    site.size = 20
    # cosigned, and the process gone before it could write that down
    cosigner.cosign(index=1, root=operator.tree.root(17))

    assert operator.mirror(copy, site, cosigner=cosigner).update().cosigned == (2,)


# -------------------------------------------------------------------------------------------------------------- crashes


class Killed(BaseException):
    """The process is gone."""


STEPS = [
    (owner, name, when)
    for owner, name in (
        (LogFolder, "add"),
        (LogFolder, "publish"),
        (MirrorFolder, "remember"),
        (MirrorFolder, "drop_incoming"),
    )
    for when in ("before", "after")
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[2]} {step[1]}")
def test_mirror_killed_at_any_step_ends_as_if_nothing_had_happened(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: tuple[Any, str, str]
) -> None:
    owner, name, when = step
    operator.anchor(0, 300, 700)
    for size in (300, 700):
        operator.mirror(tmp_path / "whole", Site(operator.tree, size)).update()
    kills = 0
    for kill_at in range(40):
        copy = tmp_path / str(kill_at)
        operator.mirror(copy, Site(operator.tree, 300)).update()
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, _killing(getattr(owner, name), kill_at, after=when == "after"))
            try:
                operator.mirror(copy, Site(operator.tree, 700)).update()
                break
            except Killed:
                kills += 1
        assert held_size(copy) in {300, 700}
        operator.mirror(copy, Site(operator.tree, 700)).update()
        assert _lasting(copy) == _lasting(tmp_path / "whole")
    assert kills


def _killing(function: Callable[..., Any], kill_at: int, *, after: bool) -> Callable[..., Any]:
    calls = iter(range(10_000))

    def wrapped(*arguments: Any, **named: Any) -> Any:
        now = next(calls) == kill_at
        if now and not after:
            raise Killed
        done = function(*arguments, **named)
        if now:
            raise Killed
        return done

    return wrapped


def _lasting(copy: Path) -> dict[str, bytes]:
    """The files but those of the step to 300 that a wider tile has replaced, and temporary ones."""
    return {name: data for name, data in files(copy).items() if not Path(name).name.startswith(".")}


def test_line_that_a_crash_cut_short_is_written_again(operator: Operator, copy: Path) -> None:
    operator.mirror(copy, Site(operator.tree, 300)).update()
    path = copy / "checkpoints.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:25])

    operator.mirror(copy, Site(operator.tree, 700)).update()

    assert [json.loads(line)["size"] for line in path.read_bytes().splitlines()] == [300, 700]


def test_staged_file_that_a_crash_cut_short_is_asked_for_again(operator: Operator, copy: Path) -> None:
    staged = MirrorFolder(copy).incoming
    staged.add(EntriesId(index=0), b"\x00\x20" + entry(0)[:5])

    assert operator.mirror(copy, Site(operator.tree, 300)).update().size == 300


def test_what_was_downloaded_before_a_break_is_not_asked_for_again(operator: Operator, copy: Path) -> None:
    site = Site(operator.tree, 1_024)
    site.hurt = lambda tile, data: None if tile.index == 3 else data
    with pytest.raises(Unavailable):
        operator.mirror(copy, site).update()
    again = Site(operator.tree, 1_024)

    operator.mirror(copy, again).update()

    assert again.asked == ["tile/entries/003"]


# ------------------------------------------------------------------------------------------------------------ the files


def test_mirror_of_one_log_never_becomes_that_of_another(operator: Operator, copy: Path) -> None:
    operator.mirror(copy, Site(operator.tree, 300)).update()
    other = signer_of(9, name="other.example/log")
    trust = Trust(origin="other.example/log", keys=(TrustedKey(vkey=other.vkey),), anchors=operator.trust.anchors)

    with pytest.raises(Conflict, match="mirrors the log"):
        operator.mirror(copy, Site(operator.tree, 300), trust=trust).update()


def test_one_process_keeps_a_mirror(copy: Path) -> None:
    with MirrorFolder(copy).held(), pytest.raises(Conflict, match="another process"), MirrorFolder(copy).held():
        raise AssertionError("both have it")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"format":"legal-ledger/mirror/v1","count":-1}'])
def test_damaged_state_is_said(operator: Operator, copy: Path, content: bytes) -> None:
    operator.mirror(copy, Site(operator.tree, 300)).update()
    (copy / "mirror.json").write_bytes(content)

    with pytest.raises(Malformed):
        operator.mirror(copy, Site(operator.tree, 300)).update()


def test_own_leaves_that_were_lost_are_no_alarm(operator: Operator, copy: Path) -> None:
    operator.anchor(0, 300)
    operator.mirror(copy, Site(operator.tree, 300)).update()
    shutil.rmtree(copy / "tiles/tile/0")

    with pytest.raises(Unavailable, match="tile/0/001 is not in"):
        operator.mirror(copy, Site(operator.tree, 700)).update()
