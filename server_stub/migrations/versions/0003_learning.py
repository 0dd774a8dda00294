"""Where an outcome was told, an article's number, sites and versions, what solved a ticket, the key of packs."""

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
    op.add_column("articles", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    _number_articles()
    op.create_table(
        "pack_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_keys")),
    )
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


def _number_articles() -> None:
    articles = sa.table("articles", sa.column("id", sa.String), sa.column("number", sa.Integer))
    connection = op.get_bind()
    ids = connection.scalars(sa.select(articles.c.id).order_by(articles.c.id)).all()
    if ids:
        numbered = (
            sa.update(articles).where(articles.c.id == sa.bindparam("known")).values(number=sa.bindparam("place"))
        )
        connection.execute(numbered, [{"known": each, "place": place} for place, each in enumerate(ids, 1)])


def downgrade() -> None:
    op.drop_index(op.f("ix_solutions_article_id"), table_name="solutions")
    op.drop_table("solutions")
    op.drop_table("pack_keys")
    op.drop_column("articles", "number")
    op.drop_column("articles", "versions")
    op.drop_column("articles", "sites")
    op.drop_index(op.f("ix_outcomes_outcome_at"), table_name="outcomes")
    op.drop_column("outcomes", "site")
