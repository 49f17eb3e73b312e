"""Forked processes: in them torch must not wait for threads that only their parent has."""

import os
from functools import cache


@cache
def spare_children_the_threads_of_torch() -> None:
    """Let torch compute with one thread in processes that are forked from this one from now on.

    Threads do not survive a fork, and torch waits for those that it knew before
    (https://github.com/pytorch/pytorch/issues/17199). Whoever forks, as multiprocessing on Linux and
    ``gunicorn --preload`` do, has a process for each core anyway. Called where torch is imported.
    """
    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=_use_one_thread)


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)
