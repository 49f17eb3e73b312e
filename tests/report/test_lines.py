import sys
import xml.etree.ElementTree as ET

import matplotlib.image
import numpy as np
import pytest

from textransfer.errors import ConfigError, OutputError
from textransfer.report.lines import Line, learning_curves
from textransfer.report.style import ARM_COLOURS, save_figure, spread_apart

EPOCHS = [0, 1, 3, 10, 100]
LINES = [
    Line(
        "pretrained",
        EPOCHS,
        [0.5, 0.6, 0.7, 0.8, 0.8],
        [0.5, 0.55, 0.65, 0.78, 0.79],
        [0.5, 0.65, 0.75, 0.82, 0.81],
    ),
    Line("no pretraining", EPOCHS, [0.5, 0.5, 0.55, 0.6, 0.63]),
]


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts + figure.texts]


def test_lines_carry_the_data_the_names_and_the_colours():
    figure = learning_curves(
        LINES, title="Pretraining helped", subtitle="two lines", chance=0.5, levels={"TF-IDF + LR": 0.66}
    )
    drawn = {
        line.get_color(): line.get_ydata() for line in figure.axes[0].lines if len(line.get_xdata()) == 5
    }
    np.testing.assert_array_equal(drawn[ARM_COLOURS["pretrained"]], LINES[0].y)
    np.testing.assert_array_equal(drawn[ARM_COLOURS["no pretraining"]], LINES[1].y)
    assert {"Pretraining helped", "two lines", "chance", "pretrained  80.0%", "TF-IDF + LR  66.0%"} <= set(
        texts_of(figure)
    )


def test_everything_drawn_lies_within_the_axes():
    figure = learning_curves(LINES, title="t", chance=0.25, levels={"majority": 0.9})
    low, high = figure.axes[0].get_ylim()
    assert low < 0.25
    assert high > 0.9
    assert figure.axes[0].get_xlim() == (0, 100)


def test_unknown_arms_get_colours_of_their_own():
    lines = [Line(name, EPOCHS, np.full(5, 0.5)) for name in ("a", "b", "c", "d", "pretrained")]
    colours = [line.get_color() for line in learning_curves(lines, title="t").axes[0].lines[::2]]
    assert len(set(colours)) == 5


def test_a_single_point_can_be_drawn(tmp_path):
    assert save_figure(
        learning_curves([Line("pretrained", [1], [1.0])], title=""), tmp_path / "a.png"
    ).exists()


def test_no_line_is_refused():
    with pytest.raises(ConfigError, match="no training curve"):
        learning_curves([], title="t")


def test_png_and_svg(tmp_path):
    figure = learning_curves(LINES, title="t")
    image = matplotlib.image.imread(save_figure(figure, tmp_path / "curves.png"))
    assert image.shape[:2] == (960, 1600)
    assert image[..., :3].std() > 0.02
    root = ET.parse(save_figure(figure, str(tmp_path / "curves.svg"))).getroot()
    assert root.tag.endswith("svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curves.png", "curves.svg"]


def test_an_existing_file_is_kept_unless_forced(tmp_path):
    path = tmp_path / "curves.png"
    path.write_text("precious")
    figure = learning_curves(LINES, title="t")
    with pytest.raises(OutputError, match="exists already"):
        save_figure(figure, path)
    assert path.read_text() == "precious"
    save_figure(figure, path, force=True)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"\.png or \.svg"):
        save_figure(learning_curves(LINES, title="t"), tmp_path / "curves.gif")


def test_pyplot_is_not_touched():
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([0.1, 0.5, 0.9], [0.1, 0.5, 0.9]),
        ([0.5, 0.5], [0.45, 0.55]),
        ([0.5, 0.52, 0.54], [0.42, 0.52, 0.62]),
        ([0.0, 0.5, 0.5], [0.0, 0.45, 0.55]),
        ([], []),
    ],
)
def test_labels_are_spread_apart(wanted, expected):
    np.testing.assert_allclose(spread_apart(np.array(wanted), 0.1), expected)
