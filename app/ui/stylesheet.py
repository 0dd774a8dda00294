"""The style sheet as a template; app.ui.theme fills in colours and sizes.

Widgets choose their part by the dynamic property `part` (primary, plain, card, title, …), never by colour.
"""

SHEET = """
* { font-size: $body; }
QToolTip { background: $text; color: $surface; border: none; padding: 4px 8px; }
QWidget { color: $text; }
QMainWindow, QDialog, QWidget[part="page"] { background: $window; }
QScrollArea, QScrollArea > QWidget > QWidget[part="page"] { background: transparent; border: none; }
QFrame[part="bar"] { background: $surface; border: none; border-bottom: $edge solid $line; }
QFrame[part="footer"] { background: $surface; border: none; border-top: $edge solid $line; }
QFrame[part="panel"], QFrame[part="card"] {
  background: $surface; border: $edge solid $line; border-radius: 10px; }

QLabel { background: transparent; }
QLabel[part="display"] { font-size: $display; font-weight: 600; }
QLabel[part="title"] { font-size: $title; font-weight: 600; }
QLabel[part="strong"] { font-size: $strong; font-weight: 600; }
QLabel[part="quiet"] { color: $quiet; }
QLabel[part="small"] { color: $quiet; font-size: $small; }
QLabel[part="heading"] { color: $quiet; font-weight: 600; }
QLabel:disabled { color: $quiet; }

QPushButton, QToolButton {
  min-height: 42px; padding: 0 16px; border-radius: 8px; border: $edge solid $line;
  background: $surface; color: $text; }
QPushButton:hover, QToolButton:hover { background: $sunken; border-color: $quiet; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:disabled, QToolButton:disabled { color: $quiet; background: $sunken; border-color: $sunken; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 0 15px; }
QPushButton[part="primary"] {
  background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[part="primary"]:hover { background: $accent_hover; }
QPushButton[part="primary"]:focus { border: 2px solid $text; }
QPushButton[part="primary"]:disabled { background: $sunken; color: $quiet; border-color: $sunken; }
QPushButton[part="link"], QPushButton[part="danger"] { background: transparent; border-color: transparent; }
QPushButton[part="link"] { color: $accent; }
QPushButton[part="danger"] { color: $danger; border-color: $line; }
QPushButton[part="link"]:hover { background: $accent_soft; }
QPushButton[part="danger"]:hover { background: $danger_soft; }
QPushButton[part="link"]:focus, QPushButton[part="danger"]:focus { border: 2px solid $accent; }
QPushButton[part="hint"] { background: $accent_soft; border-color: $accent; color: $text; }
QPushButton[part="hint"]:disabled { background: transparent; border-color: transparent; color: $quiet; }
QPushButton[part="tool"]:checked {
  background: $accent_soft; border: 2px solid $accent; color: $accent; padding: 0 15px; }
QPushButton[part="thumbnail"] { padding: 0; background: $sunken; border: 2px solid $line; }
QFrame[part="plate"] { background: $surface; border: 1px solid $line; border-radius: 6px; }
QPushButton[part="thumbnail"]:hover { border-color: $quiet; }
QPushButton[part="thumbnail"]:checked, QPushButton[part="thumbnail"]:focus { border: 3px solid $accent; padding: 0; }
QToolButton { padding: 0; min-width: 42px; }
QToolButton[part="icon"] { background: transparent; border: 2px solid transparent; padding: 0; }
QToolButton[part="icon"]:hover { background: $sunken; }
QToolButton[part="icon"]:focus { border: 2px solid $accent; padding: 0; }
QToolButton::menu-indicator { image: none; }
QToolButton[part="mark-tool"] {
  background: transparent; border: 2px solid transparent; padding: 3px 4px; min-width: 32px; font-size: $small; }
QToolButton[part="mark-tool"]:hover { background: $sunken; }
QToolButton[part="mark-tool"]:checked { background: $accent_soft; border-color: $accent; color: $accent; }
QToolButton[part="mark-tool"]:focus { border: 2px solid $accent; }
QListWidget[part="marks"]::item { border: $edge solid $line; border-radius: 8px; padding: 0 8px; margin-right: 4px; }
QListWidget[part="marks"]::item:selected { background: $accent_soft; border: 2px solid $accent; color: $text; }
QListWidget[part="marks"]::item:disabled { border: none; color: $quiet; padding: 0; }
QListWidget[part="marks"]:focus { border: 2px solid $accent; border-radius: 8px; }
QPushButton[part="action"] {
  background: $surface; border: $edge solid $line; border-radius: 12px; padding: 0; text-align: left; }
QPushButton[part="action"]:hover { border-color: $accent; background: $surface; }
QPushButton[part="action"]:focus { border: 2px solid $accent; }
QPushButton[part="action"][main="true"] { background: $accent; border-color: $accent; }
QPushButton[part="action"][main="true"]:hover { background: $accent_hover; }
QPushButton[part="action"][main="true"]:focus { border: 2px solid $text; }
QPushButton[part="action"][main="true"] QLabel { color: $on_accent; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox {
  background: $surface; color: $text; border: $edge solid $line; border-radius: 8px; padding: 0 10px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QComboBox, QSpinBox { min-height: 42px; }
QPlainTextEdit, QTextEdit { padding: 8px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus {
  border: 2px solid $accent; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { background: $sunken; color: $quiet; }
QTextBrowser { background: $surface; border: none; padding: 0; }
QTextBrowser:focus { border: none; }
QTextBrowser[part="sheet"], QTextBrowser[part="sheet"]:focus {
  border: $edge solid $line; border-radius: 10px; padding: 20px; }
QFrame[part="bubble"] { background: $surface; border: $edge solid $line; border-radius: 12px; }
QFrame[part="bubble"][own="true"] { background: $accent_soft; border-color: $own_edge; }
QFrame[part="reply"] { background: $surface; border: $edge solid $line; border-radius: 12px; }
QPushButton[part="thumbnail"] { padding: 0; background: $sunken; color: $quiet; }
QTextBrowser[part="inline"] { background: transparent; }
QLineEdit QToolButton { min-height: 0; min-width: 0; padding: 0; border: none; background: transparent; }
QComboBox::drop-down { border: none; width: 34px; }
QComboBox::down-arrow { image: url("$icons/arrow-down.svg"); width: 16px; height: 16px; }
QSpinBox::up-button, QSpinBox::down-button { width: 34px; border: none; background: transparent; }
QSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right; height: 22px; }
QSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right; height: 22px; }
QSpinBox::up-arrow { image: url("$icons/arrow-up.svg"); width: 14px; height: 14px; }
QSpinBox::down-arrow { image: url("$icons/arrow-down.svg"); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
  background: $surface; border: $edge solid $line; selection-background-color: $accent_soft;
  selection-color: $text; outline: none; }
QComboBox QAbstractItemView::item { min-height: 40px; padding: 0 8px; }
QCheckBox { spacing: 10px; min-height: 42px; background: transparent; border-radius: 6px; }
QCheckBox::indicator {
  width: 20px; height: 20px; border: 2px solid $quiet; border-radius: 6px; background: $surface; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox:focus { border: 2px solid $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/tick-$tick.svg"); }
QCheckBox::indicator:disabled { border-color: $line; background: $sunken; }

QListView, QListWidget { background: transparent; border: none; outline: none; }
QMenu { background: $surface; border: $edge solid $line; padding: 6px; }
QMenu::item { padding: 9px 28px 9px 12px; border-radius: 6px; color: $text; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $quiet; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
QMenu::icon { padding-left: 10px; }

QProgressBar { background: $sunken; border: none; border-radius: 4px; max-height: 8px; min-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 40px; min-width: 40px; margin: 2px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QFrame[part="banner"][tone="danger"] { background: $danger_soft; border: $edge solid $danger; border-radius: 8px; }
QFrame[part="banner"][tone="warning"] { background: $warning_soft; border: $edge solid $warning; border-radius: 8px; }
QFrame[part="banner"][tone="good"] { background: $good_soft; border: $edge solid $good; border-radius: 8px; }
QFrame[part="banner"][tone="accent"] { background: $accent_soft; border: $edge solid $accent; border-radius: 8px; }
QFrame[part="banner"][tone="quiet"] { background: $sunken; border: $edge solid $line; border-radius: 8px; }
QFrame[part="banner"][tone="waiting"] { background: $waiting_soft; border: $edge solid $waiting; border-radius: 8px; }
QLabel[part="chip"] { border-radius: 6px; padding: 3px 9px; font-size: $small; font-weight: 600; }
QLabel[part="chip"][tone="quiet"] { background: $sunken; color: $quiet; }
QLabel[part="chip"][tone="accent"] { background: $accent_soft; color: $accent; }
QLabel[part="chip"][tone="good"] { background: $good_soft; color: $good; }
QLabel[part="chip"][tone="warning"] { background: $warning_soft; color: $warning; }
QLabel[part="chip"][tone="danger"] { background: $danger_soft; color: $danger; }
QLabel[part="chip"][tone="waiting"] { background: $waiting_soft; color: $waiting; }
"""
