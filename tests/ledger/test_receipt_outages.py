"""What could not be checked is grey: never red, and green again once the fault is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.receipt import (
    render_receipt,
)
from ledger.verdict import Colour, Verdict, words_of
from tests.fakes import OUTAGES, Fault
from tests.receipts import (
    OTHER_SHA256,
    RECEIPT,
    World,
    check,
    outcomes,
)


def test_receipt_without_trust_and_chain_is_grey() -> None:
    report = check(trust=None, reader=None)
    assert outcomes(report) == "pppnpnnnnpn"
    assert report.verdict is Verdict.CHAIN_UNREACHABLE


def test_receipt_without_chain_is_grey() -> None:
    report = check(reader=None)
    assert outcomes(report) == "pppppnnnnpn"
    assert report.verdict is Verdict.CHAIN_UNREACHABLE


def test_chain_is_not_asked_without_a_trust_file(world: World) -> None:
    report = check(trust=None, reader=world.chain)
    assert report.verdict is Verdict.CHAIN_UNREACHABLE
    assert world.chain.calls == []


def test_chain_is_not_asked_about_a_receipt_that_does_not_hold_together(world: World) -> None:
    check(render_receipt(replace(RECEIPT, disclosures=())), reader=world.chain)
    assert world.chain.calls == []


@pytest.mark.parametrize("fault", sorted(OUTAGES))
@pytest.mark.parametrize("lag", [1, 2, 3, 5, 6])
def test_outage_is_never_red_and_green_returns_after_it(world: World, fault: Fault, lag: int) -> None:
    world.chain.faults, world.chain.lag = {fault}, lag
    during = check(reader=world.chain).verdict
    assert words_of(during).colour is not Colour.RED
    if fault not in {Fault.NO_HEAD, Fault.LAGGING, Fault.TORN}:  # these hide nothing that an anchored receipt needs
        assert during is Verdict.CHAIN_UNREACHABLE
    world.chain.faults.clear()
    assert check(reader=world.chain).verdict is Verdict.VERIFIED


@pytest.mark.parametrize("fault", sorted(OUTAGES))
def test_outage_over_a_rewritten_chain_is_never_green(world: World, fault: Fault) -> None:
    world.chain.faults = {fault, Fault.REWRITTEN}
    world.chain.lag = 3
    seen_all_the_same = fault is Fault.NO_REVOCATION
    expected = Verdict.LEDGER_MISMATCH if seen_all_the_same else Verdict.CHAIN_UNREACHABLE
    assert check(reader=world.chain).verdict is expected


def test_another_file_during_an_outage_is_different(world: World) -> None:
    world.chain.faults = {Fault.UNREACHABLE}
    assert check(reader=world.chain, file=OTHER_SHA256).verdict is Verdict.DIFFERENT
