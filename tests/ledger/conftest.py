"""Shared by the tests of the ledger."""

from __future__ import annotations

import pytest

from tests.receipts import World, make_world


@pytest.fixture
def world() -> World:
    """A log with receipts and a chain of one's own, which a test may spoil."""
    return make_world()
