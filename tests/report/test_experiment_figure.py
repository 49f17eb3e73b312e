import numpy as np
import pytest
from pages import assert_stands_alone

from textransfer.report.experiment_figure import experiment_figure
from textransfer.report.pages import experiment_page
from textransfer.transfer.comparing.grid import COLUMNS, ROWS, Cell, Grid
from textransfer.transfer.statistics.intervals import Interval


def cell(row, column, place):
    level = 0.6 + 0.1 * ROWS.index(row)
    accuracy = tuple((0.5, 0.55, level, level) for _ in range(2))
    loss = tuple((0.7, 0.6, 1 - level, 1 - level) for _ in range(2))
    n_epochs = (2, 3) if column == "all" and row != "frozen" else (10, 10)
    return Cell(
        row=row,
        column=column,
        n_labels=(8, 8, 100)[place],
        n_texts=(8, 40, 100)[place],
        accuracy=Interval(level, level - 0.1, level + 0.1),
        by_draw=(level, level),
        epochs=(1, 2, 5, 10),
        accuracy_by_epoch=accuracy,
        loss_by_epoch=loss,
        n_epochs=n_epochs,
        is_stopped_early=n_epochs != (10, 10),
        seconds_per_epoch=0.01,
        n_parameters=10,
    )


def grid(columns):
    cells = tuple(cell(row, column, place) for row in ROWS for place, column in enumerate(columns))
    return Grid(("a", "b"), 8, 100, 50, 50, 2, 0, ("drop",), 4, cells, (), (), "", ())


@pytest.mark.parametrize("columns", [COLUMNS, ("few", "all")])
def test_a_panel_for_each_column_and_a_line_for_each_row(columns):
    figure = experiment_figure(grid(columns))
    assert len(figure.axes) == 2 * len(columns)
    for place, axes in enumerate(figure.axes):
        ends = {line.get_gid(): line for line in axes.lines if line.get_gid() in ROWS}
        assert set(ends) == set(ROWS)
        assert len({line.get_color() for line in ends.values()}) == 3
        is_all = columns[place % len(columns)] == "all"
        for row, line in ends.items():
            level = 0.6 + 0.1 * ROWS.index(row)
            wanted = level if place < len(columns) else 1 - level
            np.testing.assert_allclose(line.get_ydata(), [wanted])
            assert line.get_xdata()[0] == (2.5 if is_all and row != "frozen" else 10)
    shown = {text.get_text() for text in figure.axes[0].texts}
    assert shown == {"60.0%", "70.0%", "80.0%"}


def test_numbers_do_not_overlap():
    figure = experiment_figure(grid(COLUMNS))
    for axes in figure.axes:
        heights = sorted(text.get_position()[1] for text in axes.texts)
        assert min(np.diff(heights)) > 0.07


def test_on_a_phone_columns_stand_below_each_other():
    figure = experiment_figure(grid(COLUMNS), has_title=False, is_narrow=True)
    width, height = figure.get_size_inches()
    assert width < 5 < height
    assert len(figure.axes) == 6
    assert figure.axes[1].get_ylabel() == "Loss"


def test_the_page_of_an_experiment():
    page = experiment_page(grid(COLUMNS), {"by": "textransfer"})
    assert_stands_alone(page)
    assert page.count("<svg") == 2
    for row in ROWS:
        assert row in page
    assert "80.0%<small>70.0 to 90.0</small>" in page
    assert "10.0 ms x 2 to 3, stopped early" in page
