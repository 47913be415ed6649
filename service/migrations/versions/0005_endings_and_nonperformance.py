"""How an agreement ended, and reports that one was not performed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    for name in ("ended_on", "set_aside_by", "set_aside_number", "ending_document_id", "rescinded_by"):
        op.add_column("agreement", sa.Column(name, sa.String(), nullable=True))
    op.create_table(
        "nonperformance",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("instalment", sa.Integer(), nullable=True),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("reported_on", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_on", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"]),
        sa.ForeignKeyConstraint(["answered_by"], ["party.id"]),
        sa.ForeignKeyConstraint(["id"], ["record.subject"]),
        sa.ForeignKeyConstraint(["reported_by"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agreement_id", "position"),
    )
    op.create_index(op.f("ix_nonperformance_agreement_id"), "nonperformance", ["agreement_id"], unique=False)
