"""The privacy preview: every single thing that will be sent, in groups, with a tick each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from uuid import UUID

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.helpdesk.privacy import Manifest, ManifestItem, Part
from app.protocol.tickets import FieldName
from app.ui.language import tr, translated
from app.ui.report.manifest_group import ManifestGroup
from app.ui.report.manifest_row import LineRow, ManifestRow, PictureRow, TextRow
from app.ui.theme import MEDIUM

RECOGNISED = f"field.{FieldName.RECOGNISED_TEXT}"
CODE = f"field.{FieldName.ERROR_CODE}"


class Group(Enum):
    """Where an item stands; the order is that on the screen: what arrives late stands low, and pushes little."""

    PICTURES = auto()
    HAPPENED = auto()
    READ = auto()
    COMPUTER = auto()
    ANSWERS = auto()
    RECORD = auto()


def group_of(item: ManifestItem) -> Group:
    """The group an item belongs to."""
    if item.id in (RECOGNISED, CODE):
        return Group.READ
    groups = {
        Part.FIELD: Group.HAPPENED,
        Part.ATTACHMENT: Group.PICTURES,
        Part.CONTEXT: Group.COMPUTER,
        Part.SIGNATURE: Group.READ,
        Part.SUGGESTION: Group.ANSWERS,
        Part.RECORD: Group.RECORD,
    }
    return groups[item.part]


class ManifestView(QScrollArea):
    """Shows a manifest and tells what the employee changed; it keeps nothing itself."""

    ticked = Signal(str, bool)
    edited = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._manifest: Manifest | None = None
        self._images: Mapping[UUID, QImage] = {}
        self.groups: dict[Group, ManifestGroup] = {}
        self.rows: dict[str, ManifestRow] = {}
        inner = QWidget()
        inner.setProperty("part", "page")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 2, 0)
        column.setSpacing(MEDIUM)
        for each in Group:
            group = ManifestGroup()
            group.ticked.connect(self.ticked)
            group.edited.connect(self.edited)
            group.hide()
            self.groups[each] = group
            column.addWidget(group)
        column.addStretch()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)

    def show_manifest(self, manifest: Manifest, images: Mapping[UUID, QImage]) -> None:
        """Show what would be sent now; `images` are decoded from the bytes of the files. Rows that stay keep focus."""
        self._manifest, self._images = manifest, images
        wanted = {item.id for item in manifest.items}
        for gone in [item_id for item_id in self.rows if item_id not in wanted]:
            row = self.rows.pop(gone)
            for group in self.groups.values():
                if row in group.rows:
                    group.remove(row)
        places = dict.fromkeys(Group, 0)
        for item in manifest.items:
            group_name = group_of(item)
            row = self.rows.get(item.id) or self._added(item, places[group_name])
            places[group_name] += 1
            self._fill(row, item)
        for each, group in self.groups.items():
            group.setVisible(bool(group.rows))
            group.show_ticks()
            self._name_group(each)

    def forget(self) -> None:
        """Let go of everything that was shown."""
        self._manifest, self._images = None, {}

    def _added(self, item: ManifestItem, place: int) -> ManifestRow:
        row: ManifestRow
        if item.part is Part.ATTACHMENT:
            row = PictureRow(item.id, item.origin)
        elif item.id == RECOGNISED:
            row = TextRow(item.id, item.origin)
        else:
            row = LineRow(item.id, item.origin)
        self.rows[item.id] = row
        self.groups[group_of(item)].add(row, place)
        return row

    def _fill(self, row: ManifestRow, item: ManifestItem) -> None:
        row.tick(item.included)
        row.require(item.required)
        row.come_from(item.origin)
        label = translated(item.label)
        if isinstance(row, PictureRow):
            image = self._images.get(item.file_id) if item.file_id else None
            if image is not None:
                row.show_picture(image)
                row.show_facts(f"{image.width()} × {image.height()} · {size_text(item.size)}")
        elif isinstance(row, TextRow | LineRow):
            row.show_value(item.value)
        row.name(label, item.value)

    def _name_group(self, group: Group) -> None:
        manifest = self._manifest
        if manifest is None:
            return
        titles = {
            Group.PICTURES: tr("Pictures"),
            Group.HAPPENED: tr("What happened"),
            Group.READ: tr("Read from the picture"),
            Group.COMPUTER: tr("This computer"),
            Group.ANSWERS: tr("Answers you were shown"),
            Group.RECORD: tr("The report itself"),
        }
        items = [item for item in manifest.items if group_of(item) is group]
        chosen = [item for item in items if item.included]
        facts = tr(
            "{chosen} of {all}, {size}",
            chosen=len(chosen),
            all=len(items),
            size=size_text(sum(item.size for item in chosen)),
        )
        self.groups[group].name(titles[group], facts)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange and self._manifest is not None:
            self.show_manifest(self._manifest, self._images)


def size_text(size: int) -> str:
    """Bytes in words for people."""
    traditional = QLocale.DataSizeFormat.DataSizeTraditionalFormat
    return QLocale().formattedDataSize(size, 0 if size < 1024 * 1024 else 1, traditional)
