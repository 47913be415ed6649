"""Where findings are gathered: bounded, in the order found, and patient with what a later erasure may explain."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from ledger.audit.findings import Finding, Layer, LayerResult, Outcome

MAX_FINDINGS: Final = 10_000
"""Findings kept with all their values. More are counted: nobody reads them, and a wiped table must not fill memory."""


class Sink:
    """Gathers findings and counts what was looked at."""

    def __init__(self, limit: int = MAX_FINDINGS) -> None:
        self.limit = limit
        self._kept: list[tuple[Finding, bytes | None]] = []
        self._dropped = 0
        self._counted: dict[Layer, int] = {}
        self._undone: dict[Layer, tuple[Outcome, str]] = {}

    def add(self, finding: Finding, *, unless_erased: bytes | None = None) -> None:
        """Keep a finding; one with `unless_erased`, a commitment, is void when an erasure names it."""
        if len(self._kept) < self.limit:
            self._kept.append((finding, unless_erased))
        else:
            self._dropped += 1

    @property
    def full(self) -> bool:
        """Whether further findings are only counted."""
        return len(self._kept) >= self.limit

    def drop(self) -> None:
        """Count a finding without keeping it."""
        self._dropped += 1

    def count(self, layer: Layer, number: int = 1) -> None:
        """Note that so many things of a layer were looked at."""
        self._counted[layer] = self._counted.get(layer, 0) + number

    def leave_out(self, layer: Layer, outcome: Outcome, reason: str) -> None:
        """Note that a layer could not be checked, or not wholly; the first reason stays."""
        self._undone.setdefault(layer, (outcome, reason))

    def layers(self) -> tuple[LayerResult, ...]:
        """Every layer with how the work on it ended."""
        return tuple(self._layer(layer) for layer in Layer)

    def settle(self, erased: Container[object]) -> tuple[tuple[Finding, ...], int]:
        """Return the findings that no erasure explains, by layer and then as found, and how many there are in all."""
        standing = [finding for finding, commitment in self._kept if commitment not in erased]
        order = list(Layer)
        standing.sort(key=lambda finding: order.index(finding.layer))
        return tuple(standing), len(standing) + self._dropped

    def _layer(self, layer: Layer) -> LayerResult:
        outcome, reason = self._undone.get(layer, (Outcome.CHECKED, None))
        return LayerResult(layer=layer, outcome=outcome, counted=self._counted.get(layer, 0), reason=reason)
