"""Recordings of remote-assist sessions, and photos of agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assist_recordings",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("links", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["assist_sessions.id"], name=op.f("fk_assist_recordings_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_assist_recordings")),
    )
    op.create_index(op.f("ix_assist_recordings_expires_at"), "assist_recordings", ["expires_at"], unique=False)
    op.add_column("agents", sa.Column("photo", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("agents", "photo")
    op.drop_table("assist_recordings")
