"""A window's step as small matrix products, with whatever is used more than once kept in registers."""

import numpy as np

from textransfer.compiling import inlined
from textransfer.pretrain.kernels.lanes import (
    LANES,
    constant,
    load,
    multiply_add,
    row,
    six_sums,
    spread,
    store,
)
from textransfer.pretrain.kernels.scores import terms_to_steps

GROUP = 6
"""Output vectors worked on together: their sums with two centres, or they and their changes, take twelve
of AVX2's sixteen registers."""


@inlined
def write_steps(in_vectors, m, out_vectors, at, group, rate, scratch):
    """Write G = -rate * d loss / d x for the scores x = U V' of six output vectors; copy U, add up the loss.

    Two centres run together, so that each number of V is read once for both.

    Parameters
    ----------
    in_vectors, out_vectors : ndarray of float32, shape (vocabulary, S)
        S is a multiple of LANES.
    m : int
        Centres: rows of U are the first m of ``scratch.centers``. If m is odd, one more word follows, which
        may be any.
    at : int
        Which row of ``scratch.targets`` and ``scratch.shifts`` is meant.
    group : int
        Rows of V are the targets 6 * group to 6 * group + 5.
    rate : float32
        Learning rate.
    scratch : Scratch
        ``steps[group]`` receives G, ``copies`` U as it is before the step, ``tally`` and ``loss`` the loss.
    """
    first = group * GROUP
    targets = scratch.targets[at]
    a, b = row(out_vectors, targets[first]), row(out_vectors, targets[first + 1])
    c, d = row(out_vectors, targets[first + 2]), row(out_vectors, targets[first + 3])
    e, f = row(out_vectors, targets[first + 4]), row(out_vectors, targets[first + 5])
    steps = row(scratch.steps, group)
    sign, shift = load(row(scratch.signs, group), 0), load(row(scratch.shifts[at], group), 0)
    for j in range(0, m, 2):
        g, h = row(in_vectors, scratch.centers[j]), row(in_vectors, scratch.centers[j + 1])
        copy_g, copy_h = row(scratch.copies, j), row(scratch.copies, j + 1)
        s0 = s1 = s2 = s3 = s4 = s5 = constant(np.float32(0.0))
        t0 = t1 = t2 = t3 = t4 = t5 = constant(np.float32(0.0))
        for i in range(0, in_vectors.shape[1], LANES):
            x, y = load(g, i), load(h, i)
            store(copy_g, i, x)
            store(copy_h, i, y)
            v = load(a, i)
            s0, t0 = multiply_add(x, v, s0), multiply_add(y, v, t0)
            v = load(b, i)
            s1, t1 = multiply_add(x, v, s1), multiply_add(y, v, t1)
            v = load(c, i)
            s2, t2 = multiply_add(x, v, s2), multiply_add(y, v, t2)
            v = load(d, i)
            s3, t3 = multiply_add(x, v, s3), multiply_add(y, v, t3)
            v = load(e, i)
            s4, t4 = multiply_add(x, v, s4), multiply_add(y, v, t4)
            v = load(f, i)
            s5, t5 = multiply_add(x, v, s5), multiply_add(y, v, t5)
        store(steps, j * LANES, multiply_add(sign, six_sums(s0, s1, s2, s3, s4, s5), shift))
        store(steps, (j + 1) * LANES, multiply_add(sign, six_sums(t0, t1, t2, t3, t4, t5), shift))
    terms_to_steps(steps, m, constant(-rate) * sign, scratch.tally, scratch.loss)


@inlined
def _add(start, place, change):
    store(start, place, load(start, place) + change)


@inlined
def add_gradients(in_vectors, m, out_vectors, targets, group, scratch):
    """Add U += G V and V += G' U for six output vectors, both from the values before the step.

    A register's width of columns at a time: six stretches of V and their changes stay in registers while all
    centres pass by. Words may stand twice among the centres or the six: what is added is never based on what
    was added before, since U is read from its copy and V before its first change.

    Parameters
    ----------
    in_vectors, m, group, scratch
        As `write_steps` has them, and after it.
    out_vectors : ndarray of float32, shape (any, S)
    targets : ndarray of int32, shape (>= 6 * group + 6,)
        V is ``out_vectors[targets[6 * group : 6 * group + 6]]``.
    """
    first = group * GROUP
    a, b = row(out_vectors, targets[first]), row(out_vectors, targets[first + 1])
    c, d = row(out_vectors, targets[first + 2]), row(out_vectors, targets[first + 3])
    e, f = row(out_vectors, targets[first + 4]), row(out_vectors, targets[first + 5])
    steps, copies, size = row(scratch.steps, group), row(scratch.copies, 0), scratch.copies.shape[1]
    for i in range(0, size, LANES):
        v0, v1, v2 = load(a, i), load(b, i), load(c, i)
        v3, v4, v5 = load(d, i), load(e, i), load(f, i)
        s0 = s1 = s2 = s3 = s4 = s5 = constant(np.float32(0.0))
        for j in range(m):
            center = row(in_vectors, scratch.centers[j])
            x, u = load(copies, j * size + i), load(center, i)
            g = spread(steps, j * LANES)
            u, s0 = multiply_add(g, v0, u), multiply_add(g, x, s0)
            g = spread(steps, j * LANES + 1)
            u, s1 = multiply_add(g, v1, u), multiply_add(g, x, s1)
            g = spread(steps, j * LANES + 2)
            u, s2 = multiply_add(g, v2, u), multiply_add(g, x, s2)
            g = spread(steps, j * LANES + 3)
            u, s3 = multiply_add(g, v3, u), multiply_add(g, x, s3)
            g = spread(steps, j * LANES + 4)
            u, s4 = multiply_add(g, v4, u), multiply_add(g, x, s4)
            g = spread(steps, j * LANES + 5)
            u, s5 = multiply_add(g, v5, u), multiply_add(g, x, s5)
            store(center, i, u)
        _add(a, i, s0)
        _add(b, i, s1)
        _add(c, i, s2)
        _add(d, i, s3)
        _add(e, i, s4)
        _add(f, i, s5)
