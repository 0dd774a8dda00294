"""Tables of knowledge articles, of what became of suggestions, and of what solved tickets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.knowledge import Article, ErrorSignature, Outcome, Visibility
from server_stub.columns import Base, Instant, Json, choice


class ArticleRecord(Base):
    """An article as it stands; `digest` is the SHA-256 of its content, `retired_at` takes it out of the index.

    `number` grows from article to article and stays, so that a new article changes little in the index.
    """

    __tablename__ = "articles"

    id: Mapped[str] = mapped_column(String(400), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(40))
    applications: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    signatures: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    tags: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    sites: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), server_default="[]")
    versions: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), server_default="[]")
    visibility: Mapped[Visibility] = mapped_column(choice(Visibility))
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[int] = mapped_column(server_default="0")
    digest: Mapped[str] = mapped_column(String(64))
    updated_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class ArticleVersion(Base):
    """An earlier state of an article, kept when it is changed."""

    __tablename__ = "article_versions"

    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    article: Mapped[Article] = mapped_column(Json(Article))
    replaced_at: Mapped[datetime] = mapped_column(Instant)


class PackKey(Base):
    """The Ed25519 key (32 bytes) that packs are signed with."""

    __tablename__ = "pack_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    private: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)


class OutcomeRecord(Base):
    """What became of one suggestion on one device, and where that stood then; `id` comes from the client."""

    __tablename__ = "outcomes"
    __table_args__ = (Index(None, "article_id", "outcome"), Index(None, "outcome", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    site: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    article_id: Mapped[str] = mapped_column(String(400))
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    fingerprint: Mapped[str] = mapped_column(String(300), default="", index=True)
    signature: Mapped[ErrorSignature] = mapped_column(Json(ErrorSignature))
    at: Mapped[datetime] = mapped_column(Instant)


class SolutionRecord(Base):
    """The article that an agent says solved a ticket; `settled_at` is when what it taught was taken in or declined."""

    __tablename__ = "solutions"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    article_id: Mapped[str] = mapped_column(String(400), index=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
