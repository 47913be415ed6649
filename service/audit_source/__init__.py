"""The live database as an audit and an export read it: one snapshot, every cell as it stands.

`source` reads the log, the records and the files, `copies` what the tables hold twice, `columns` says of every column
which comparison finds an edit of it.
"""

from service.audit_source.columns import COLUMN_CLASSES, ColumnClass
from service.audit_source.source import LiveSource, live_evidences

__all__ = ["COLUMN_CLASSES", "ColumnClass", "LiveSource", "live_evidences"]
