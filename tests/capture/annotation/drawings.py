"""Random marked pictures for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from app.capture.annotation.document import (
    Area,
    Arrow,
    Box,
    Colour,
    Document,
    Ellipse,
    Hide,
    Highlight,
    Mark,
    Point,
    Step,
    Text,
    Weight,
)

WIDTH, HEIGHT = 160, 120
coordinates = st.floats(-30, 190, allow_nan=False).map(lambda number: round(number, 2))
points = st.builds(Point, coordinates, coordinates)
sizes = st.floats(4, 90, allow_nan=False).map(lambda number: round(number, 2))
areas = st.builds(Area, coordinates, coordinates, sizes, sizes)
style = {"id": st.uuids(), "colour": st.sampled_from(Colour), "weight": st.sampled_from(Weight)}
marks: st.SearchStrategy[Mark] = st.one_of(
    st.builds(Arrow, start=points, tip=points, **style),
    st.builds(Box, area=areas, **style),
    st.builds(Ellipse, area=areas, **style),
    st.builds(Highlight, area=areas, **style),
    st.builds(Hide, area=areas, **style),
    st.builds(Step, centre=points, **style),
    st.builds(Text, corner=points, width=sizes, words=st.text("ab 中文\n", min_size=1, max_size=12), **style),
)
crops = st.none() | st.builds(Area, st.floats(0, 60), st.floats(0, 40), st.floats(20, 90), st.floats(20, 70))
documents = st.builds(
    Document,
    width=st.just(WIDTH),
    height=st.just(HEIGHT),
    scale=st.sampled_from([1.0, 1.5, 2.0]),
    marks=st.lists(marks, max_size=7, unique_by=lambda mark: mark.id).map(tuple),
    crop=crops,
)
