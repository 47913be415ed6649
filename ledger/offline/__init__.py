"""The offline verifier: one HTML file that checks receipts from disk, a second implementation beside `ledger.receipt`.

It is written from `ledger/docs/formats.md`, in JavaScript that browsers of 2017 read (ES2017). `page` puts it together.
"""

from ledger.offline.page import FILE_NAME, core_script, render_offline_verifier, sha256_script

__all__ = ["FILE_NAME", "core_script", "render_offline_verifier", "sha256_script"]
