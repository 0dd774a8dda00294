"""Remote-assist sessions, the server's ledger of them, and what was said in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assist_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ended", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commitment", sa.String(length=44), nullable=False),
        sa.Column("viewer_public", sa.String(length=88), nullable=True),
        sa.Column("nonce", sa.String(length=44), nullable=True),
        sa.Column("host_public", sa.String(length=88), nullable=True),
        sa.Column("link_number", sa.Integer(), nullable=False),
        sa.Column("host_token", sa.String(length=64), nullable=True),
        sa.Column("host_token_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("viewer_token", sa.String(length=64), nullable=True),
        sa.Column("viewer_token_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device_ledger", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_assist_sessions_agent_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_assist_sessions_device_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_assist_sessions_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assist_sessions")),
    )
    op.create_index(op.f("ix_assist_sessions_device_id_state"), "assist_sessions", ["device_id", "state"], unique=False)
    op.create_index(op.f("ix_assist_sessions_state_due_at"), "assist_sessions", ["state", "due_at"], unique=False)
    op.create_index(
        op.f("ix_assist_sessions_ticket_id_invited_at"), "assist_sessions", ["ticket_id", "invited_at"], unique=False
    )
    op.create_table(
        "assist_chat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["assist_sessions.id"], name=op.f("fk_assist_chat_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assist_chat")),
    )
    op.create_index(op.f("ix_assist_chat_session_id"), "assist_chat", ["session_id"], unique=False)
    op.create_table(
        "assist_lines",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["assist_sessions.id"], name=op.f("fk_assist_lines_session_id")),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_assist_lines")),
    )


def downgrade() -> None:
    op.drop_table("assist_lines")
    op.drop_table("assist_chat")
    op.drop_table("assist_sessions")
