"""Who looked, and an office's telephone number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "access_record",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("hour", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.subject"]),
        sa.ForeignKeyConstraint(["subject"], ["record.subject"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject", "way", "hour"),
    )
    op.add_column("institution", sa.Column("phone", sa.String(), nullable=True))
