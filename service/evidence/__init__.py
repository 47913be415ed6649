"""The evidence pack for a court: one zip with everything that checks a record when this service is gone.

`packing` gathers and writes it, `instructions` is the page that says what is inside and what to do with it.
"""

from service.evidence.packing import Evidence, find_evidence, pack_evidence

__all__ = ["Evidence", "find_evidence", "pack_evidence"]
