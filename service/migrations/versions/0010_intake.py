"""Consultations, requests for legal aid, more about parties, and what likely duplicates are found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("legal_case") as table:
        table.add_column(sa.Column("separate_reason", sa.String(), nullable=True))
        table.add_column(sa.Column("converted_from", sa.String(), nullable=True))
        table.create_foreign_key("fk_legal_case_converted_from", "legal_case", ["converted_from"], ["id"])
        table.create_index(op.f("ix_legal_case_converted_from"), ["converted_from"], unique=False)
    with op.batch_alter_table("party") as table:
        for name in ("occupation", "representative_post", "stands_for", "relation"):
            table.add_column(sa.Column(name, sa.String(), nullable=True))
        table.add_column(sa.Column("chosen", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("party") as table:
        table.alter_column("chosen", server_default=None)
    op.create_table(
        "aid_request",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("hardship", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "consultation",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("caller_kind", sa.String(), nullable=False),
        sa.Column("caller_name", sa.String(), nullable=True),
        sa.Column("caller_phone", sa.String(), nullable=True),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("follow_up_on", sa.String(), nullable=True),
        sa.Column("follow_up", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "match_key",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("maker", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("case_id", "key"),
    )
    op.create_index(op.f("ix_match_key_key"), "match_key", ["key"], unique=False)
