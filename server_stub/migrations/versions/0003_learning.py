"""Where an outcome was told, which sites and versions an article is about, and what solved a ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("site", sa.String(length=300), nullable=False, server_default=sa.text("''")))
    op.execute(
        "UPDATE outcomes SET site = COALESCE((SELECT site FROM devices WHERE devices.id = outcomes.device_id), '')"
    )
    op.create_index(op.f("ix_outcomes_outcome_at"), "outcomes", ["outcome", "at"], unique=False)
    op.add_column("articles", sa.Column("sites", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("articles", sa.Column("versions", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "solutions",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.String(length=400), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_solutions_agent_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_solutions_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_solutions")),
    )
    op.create_index(op.f("ix_solutions_article_id"), "solutions", ["article_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_solutions_article_id"), table_name="solutions")
    op.drop_table("solutions")
    op.drop_column("articles", "versions")
    op.drop_column("articles", "sites")
    op.drop_index(op.f("ix_outcomes_outcome_at"), table_name="outcomes")
    op.drop_column("outcomes", "site")
