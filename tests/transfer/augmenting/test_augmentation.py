import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.transfer.augmenting.augmentation import AUGMENTATIONS, augment
from textransfer.transfer.comparing.rounds import plan_rounds
from textransfer.transfer.comparing.task import prepare_task


@pytest.fixture
def task(vectors, pool):
    return prepare_task(vectors, pool, None, None, 0)[0]


@pytest.fixture
def rounds(pool):
    return plan_rounds(pool.labels, 1, n_labels=8, n_draws=3, n_folds=0, random_state=0).rounds


def words_of(task, position):
    return tuple(sorted(task.labelled[position]))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_variants_are_new_and_keep_class_and_draw(vectors, task, rounds, name):
    made = augment(task, rounds, vectors, [name], n_variants=3)
    n_variants = 0
    for before, after in zip(rounds, made.rounds, strict=True):
        np.testing.assert_array_equal(after.train[:8], before.train)
        variants = after.train[8:]
        n_variants += len(variants)
        assert (variants >= len(task.labelled)).all()
        seen = [words_of(made.task, i) for i in after.train]
        assert len(set(seen)) == len(seen)
        allowed = {
            code: {word for i in before.train if task.codes[i] == code for word in task.labelled[i]}
            for code in (0, 1)
        }
        for i in variants:
            if name != "neighbours":  # only they bring words that are not in the draw
                assert set(words_of(made.task, i)) <= allowed[made.task.codes[i]]
    assert n_variants + made.n_missing == 3 * 8 * 3
    assert n_variants > 30


def test_a_draw_does_not_depend_on_the_others(vectors, task, rounds):
    alone = augment(task, rounds[2:], vectors, AUGMENTATIONS)
    among = augment(task, rounds, vectors, AUGMENTATIONS)
    other = augment(task, rounds, vectors, AUGMENTATIONS, random_state=1)

    def texts_of(made, number):
        return [words_of(made.task, i) for i in made.rounds[number].train]

    assert texts_of(alone, 0) == texts_of(among, 2)
    assert texts_of(among, 2) != texts_of(other, 2)


def test_where_one_has_nothing_new_another_takes_its_turn(vectors, task, rounds):
    task.labelled[:] = [["good1x"]] * len(task.labelled)
    made = augment(task, rounds, vectors, ["crop", "mix"], n_variants=2)
    for round_ in made.rounds:  # "good1x good1x" is the only variant there is
        assert [made.task.labelled[i] for i in round_.train[8:]] == [["good1x"] * 2]
    assert made.n_missing == 3 * 15


@pytest.mark.parametrize(
    ("names", "n_variants", "message"),
    [(["drop", "x"], 1, "'x' is no augmentation"), (["mix", "mix"], 1, "twice"), (["mix"], 0, "at least 1")],
)
def test_what_makes_no_sense_is_refused(vectors, task, rounds, names, n_variants, message):
    with pytest.raises(ConfigError, match=message):
        augment(task, rounds, vectors, names, n_variants=n_variants)
