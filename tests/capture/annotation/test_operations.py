"""What can be done to a marked picture, and undone."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture.annotation import operations
from app.capture.annotation.document import Area, Arrow, Box, Colour, Document, Hide, Point, Step, Text, Weight
from app.capture.annotation.history import History
from app.capture.annotation.operations import Handle
from tests.capture.annotation.drawings import documents, marks


def step(x: float) -> Step:
    return Step(id=uuid4(), centre=Point(x, 5))


def numbers(document: Document) -> dict[UUID, int]:
    return {mark.id: document.number(mark) for mark in document.marks if isinstance(mark, Step)}


def test_steps_are_numbered_in_the_order_they_were_put_down() -> None:
    first, second, third = step(1), step(2), step(3)

    document = Document(100, 100, marks=(first, Box(id=uuid4(), area=Area(0, 0, 9, 9)), second, third))

    assert numbers(document) == {first.id: 1, second.id: 2, third.id: 3}


def test_deleting_a_step_closes_the_gap_and_undo_opens_it_again() -> None:
    first, second, third = step(1), step(2), step(3)
    history = History(Document(100, 100, marks=(first, second, third)))

    history = history.done(operations.delete(history.document, second.id), "delete")
    assert numbers(history.document) == {first.id: 1, third.id: 2}

    assert numbers(history.undo().document) == {first.id: 1, second.id: 2, third.id: 3}


def test_a_step_can_be_given_another_number() -> None:
    first, second, third = step(1), step(2), step(3)
    document = Document(100, 100, marks=(first, second, third))

    assert numbers(operations.raise_to(document, third.id, 0)) == {third.id: 1, first.id: 2, second.id: 3}


@given(documents, marks)
def test_what_is_added_can_be_taken_away_again(document: Document, mark: object) -> None:
    if any(each.id == mark.id for each in document.marks):
        return

    added = operations.add(document, mark)

    assert operations.delete(added, mark.id) == document


@given(documents, st.data())
def test_a_move_and_its_opposite_change_nothing(document: Document, data: st.DataObject) -> None:
    if not document.marks:
        return
    mark = data.draw(st.sampled_from(document.marks))

    there = operations.move(document, mark.id, 16, -8)
    back = operations.move(there, mark.id, -16, 8)

    assert [each.id for each in back.marks] == [each.id for each in document.marks]
    assert there.marks != document.marks


def gestured(document: Document, gesture: str, chosen: UUID) -> Document:
    match gesture:
        case "move":
            return operations.move(document, chosen, 3, 4)
        case "delete":
            return operations.delete(document, chosen)
        case "restyle":
            return operations.restyle(document, chosen, Colour.GREEN, Weight.THICK)
        case _:
            return operations.raise_to(document, chosen, 0)


@given(documents, st.lists(st.sampled_from(["move", "delete", "restyle", "crop", "raise"]), max_size=100), st.data())
def test_a_hundred_gestures_undone_and_redone_give_the_same_document(
    document: Document, gestures: list[str], data: st.DataObject
) -> None:
    history = History(document)
    for gesture in gestures:
        now = history.document
        if gesture == "crop":
            history = history.done(
                operations.crop(now, data.draw(st.sampled_from([None, Area(5, 5, 50, 50)]))), gesture
            )
        elif now.marks:
            chosen = data.draw(st.sampled_from(now.marks)).id
            after = gestured(now, gesture, chosen)
            history = history.done(after, gesture)
    last, steps = history.document, len(history.before)

    for _ in range(steps):
        history = history.undo()
    assert history.document == document

    for _ in range(steps):
        history = history.redo()
    assert history.document == last


def test_a_gesture_that_changes_nothing_leaves_no_trace() -> None:
    box = Box(id=uuid4(), area=Area(0, 0, 9, 9))
    history = History(Document(100, 100, marks=(box,)))

    again = history.done(operations.restyle(history.document, box.id, box.colour), "restyle")

    assert again is history
    assert history.undo() is history
    assert history.redo() is history


def test_a_new_gesture_forgets_what_was_undone() -> None:
    box = Box(id=uuid4(), area=Area(0, 0, 9, 9))
    history = History(Document(100, 100, marks=(box,)))
    history = history.done(operations.move(history.document, box.id, 1, 1), "move").undo()

    history = history.done(operations.move(history.document, box.id, 9, 9), "move")

    assert history.after == ()


def test_pulling_a_corner_across_the_other_turns_the_box_over() -> None:
    box = Box(id=uuid4(), area=Area(10, 10, 20, 20))
    document = Document(100, 100, marks=(box,))

    pulled = operations.resize(document, box.id, Handle.BOTTOM_RIGHT, Point(2, 4))

    assert pulled.mark(box.id).area == Area(2, 4, 8, 6)


def test_each_end_of_an_arrow_is_pulled_alone() -> None:
    arrow = Arrow(id=uuid4(), start=Point(1, 1), tip=Point(9, 9))
    document = Document(100, 100, marks=(arrow,))

    pulled = operations.resize(document, arrow.id, Handle.TIP, Point(50, 60))

    assert pulled.mark(arrow.id) == Arrow(id=arrow.id, start=Point(1, 1), tip=Point(50, 60))


def test_a_hidden_area_takes_no_style() -> None:
    hide = Hide(id=uuid4(), area=Area(1, 1, 9, 9))
    document = Document(100, 100, marks=(hide,))

    assert operations.restyle(document, hide.id, Colour.RED, Weight.THICK) is document


def test_a_text_emptied_is_a_text_deleted() -> None:
    text = Text(id=uuid4(), corner=Point(0, 0), width=50, words="here")
    document = Document(100, 100, marks=(text,))

    assert operations.reword(document, text.id, "  ").marks == ()


def test_a_crop_outside_the_frame_is_refused_and_one_over_its_edge_is_cut() -> None:
    document = Document(100, 80)

    assert operations.crop(document, Area(200, 200, 10, 10)) is document
    assert operations.crop(document, Area(90, -5, 50, 30)).crop == Area(90, 0, 10, 25)
    assert operations.crop(operations.crop(document, Area(1, 1, 5, 5)), None) == document


def test_copies_get_their_own_ids_and_do_not_cover_the_originals() -> None:
    box = Box(id=uuid4(), area=Area(10, 10, 20, 20))
    document = Document(100, 100, marks=(box,))
    new = uuid4()

    pasted = operations.paste(document, [box], [new], 12)

    assert pasted.mark(new).area == Area(22, 22, 20, 20)


def test_a_mark_that_is_not_there_is_our_own_mistake() -> None:
    with pytest.raises(KeyError):
        operations.move(Document(10, 10), uuid4(), 1, 1)


@pytest.mark.parametrize(
    "mark",
    [
        Box(id=uuid4(), area=Area(5, 5, 1, 40)),
        Arrow(id=uuid4(), start=Point(5, 5), tip=Point(6, 6)),
        Text(id=uuid4(), corner=Point(0, 0), width=50, words=" "),
    ],
)
def test_a_slip_of_the_hand_draws_nothing(mark: object) -> None:
    assert operations.is_slip(mark, 1.0)
