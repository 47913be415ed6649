"""The steps of a case, and who sent the matter here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("legal_case", sa.Column("referral", sa.String(), nullable=True))
    op.add_column("legal_case", sa.Column("referred_by", sa.String(), nullable=True))
    op.create_table(
        "case_step",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("occurred_on", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("until", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("lawyer", sa.String(), nullable=True),
        sa.Column("licence_no", sa.String(), nullable=True),
        sa.Column("firm", sa.String(), nullable=True),
        sa.Column("converted_to", sa.String(), nullable=True),
        sa.Column("registrar", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["converted_to"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "position"),
    )
    op.create_index(op.f("ix_case_step_case_id"), "case_step", ["case_id"], unique=False)
