"""A `ledger` bundle as audit and replay read it. Its members and lines: `ledger/docs/formats.md`, "Bundle"."""

from ledger.bundle_source.originals import originals, replaced
from ledger.bundle_source.source import BundleSource

__all__ = ["BundleSource", "originals", "replaced"]
