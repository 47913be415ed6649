"""Proceedings: who applies, for which claims, on which agreement, and when the body took the matter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step. No row can be there yet: no earlier version wrote one."""
    op.drop_table("proceeding")
    op.create_table(
        "proceeding",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("agreement_id", sa.String(), nullable=True),
        sa.Column("applicants", sa.String(), nullable=False),
        sa.Column("claims", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("opened_on", sa.String(), nullable=False),
        sa.Column("accepted_on", sa.String(), nullable=True),
        sa.Column("closed_on", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.subject"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_proceeding_case_id"), "proceeding", ["case_id"], unique=False)
    op.create_index(op.f("ix_proceeding_number"), "proceeding", ["number"], unique=False)
