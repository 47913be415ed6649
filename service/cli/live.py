"""The ledger of this home as `audit` takes it: its chains, and what the service remarks on its own work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.audit.run import Evidences


@contextmanager
def live_ledger(rpc: Sequence[str]) -> Iterator[Evidences]:
    """The ledger of this home for `audit`, with the chains at `rpc`, or its own, and what the service remarks."""
    from ledger.cli.chains import addresses_for, logs_on
    from ledger.cli.files import load_trust
    from service.audit_source import live_evidences
    from service.clocks import load_clocks
    from service.deadlines import missed_duties_of
    from service.home.layout import Layout, require_home
    from service.home.opening import opened
    from service.settings import Settings

    settings = Settings()
    remarker = missed_duties_of(load_clocks(holidays=settings.holidays, local_terms=settings.local_terms))
    layout = Layout(root=settings.home)
    require_home(layout)
    trust = load_trust(layout.trust) if layout.trust.exists() else None
    addresses = addresses_for(trust, rpc) if trust else (None,)
    former = logs_on(trust, addresses)[:-1] if trust else ()
    with (
        opened(settings, chain_url=addresses[-1]) as home,
        live_evidences(home, chain=home.history, former=former, no_chain="", remarker=remarker) as evidences,
    ):
        yield evidences
