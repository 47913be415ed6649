"""What is to be revoked in the contract."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "revocation",
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("reason", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("transaction_hash", sa.String(), nullable=True),
        sa.CheckConstraint("reason BETWEEN 1 AND 255"),
        sa.ForeignKeyConstraint(["commitment"], ["statement.commitment"]),
        sa.ForeignKeyConstraint(["ground"], ["statement.id"]),
        sa.ForeignKeyConstraint(["transaction_hash"], ["chain_transaction.hash"]),
        sa.PrimaryKeyConstraint("commitment"),
        sa.UniqueConstraint("transaction_hash"),
    )
    op.create_index(
        "ix_revocation_waiting",
        "revocation",
        ["ground"],
        unique=False,
        sqlite_where=sa.text("transaction_hash IS NULL"),
        postgresql_where=sa.text("transaction_hash IS NULL"),
    )
