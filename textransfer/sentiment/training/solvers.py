"""Rules that train the head, and rules for tables of word vectors, which plain Adam suits badly.

The rules of the head are torch's own functions. Its optimiser classes are left alone because the first one
that is made loads torch's compiler, which takes two seconds.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch.optim.adam import adam
from torch.optim.sgd import sgd

BETAS = (0.9, 0.999)
"""Decay rates of the two moments."""
EPSILON = 1e-16
"""Keeps the division finite."""


class Solver(Protocol):
    """Moves some numbers along their gradients."""

    def zero_grad(self) -> None:
        """Forget the gradients."""

    def step(self) -> None:
        """Take a step."""


class HeadSolver:
    """Adam or plain gradient descent, with a penalty c/2 |w|^2 of each parameter's own strength c.

    A strength is a number, or one for each member, shape (M, 1, 1).

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization, Algorithm 1.
    """

    def __init__(
        self, penalties: Sequence[tuple[torch.nn.Parameter, torch.Tensor | float]], solver: str, lr: float
    ) -> None:
        self._penalties, self._solver, self._rate = penalties, solver, lr
        self._moments = {
            parameter: (torch.zeros_like(parameter), torch.zeros_like(parameter), torch.tensor(0.0))
            for parameter, _ in penalties
        }

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter, _ in self._penalties:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take a step."""
        groups: dict[float, list[torch.nn.Parameter]] = {}
        for parameter, strength in self._penalties:
            if parameter.grad is None:
                continue
            if isinstance(strength, torch.Tensor):  # torch takes one number for all members
                parameter.grad.add_(strength * parameter)
                strength = 0.0
            groups.setdefault(strength, []).append(parameter)
        for strength, trained in groups.items():
            self._move(trained, [p.grad for p in trained if p.grad is not None], strength)

    def _move(
        self, trained: list[torch.nn.Parameter], gradients: list[torch.Tensor], strength: float
    ) -> None:
        settings: dict[str, Any] = {"lr": self._rate, "weight_decay": strength, "maximize": False}
        if self._solver == "sgd":
            none: list[torch.Tensor | None] = [None] * len(trained)
            plain: dict[str, Any] = {"momentum": 0.0, "dampening": 0.0, "nesterov": False}
            sgd(list(trained), gradients, none, **plain, **settings)
            return
        fast, slow, steps = map(list, zip(*(self._moments[parameter] for parameter in trained), strict=True))
        betas: dict[str, Any] = {"beta1": BETAS[0], "beta2": BETAS[1], "eps": 1e-8}
        adam(list(trained), gradients, fast, slow, [], steps, fused=True, amsgrad=False, **betas, **settings)


class _OneMomentAdam:
    """Adam with one second moment for all numbers of a member."""

    def __init__(self, trained: torch.nn.Parameter, n_members: int, lr: float) -> None:
        self._trained, self._rate = trained, lr
        self._n_steps = 0
        self._means = torch.zeros_like(trained)
        self._squares = torch.zeros(n_members, dtype=torch.float64)

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self._trained.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take a step."""
        if self._trained.grad is not None:
            self._n_steps += 1
            self._move(self._trained, self._trained.grad)

    def _move(self, trained: torch.Tensor, gradient: torch.Tensor) -> None:
        raise NotImplementedError

    def _factors(self, squares: torch.Tensor) -> torch.Tensor:
        """Take a step's mean square of each member in; return what to multiply the first moments by, (M,)."""
        fast, slow = BETAS
        self._squares += (1 - slow) * (squares - self._squares)
        root = (self._squares / (1 - slow**self._n_steps)).sqrt() + EPSILON
        return torch.as_tensor(self._rate / (1 - fast**self._n_steps) / root)


class TableAdam(_OneMomentAdam):
    """Adam with one second moment for all word vectors of a member.

    With a second moment for each number, rare words move as far as frequent ones and are learned by heart,
    which cost four points of accuracy without pretraining at 512 labels. Here a word moves in proportion to
    its gradient, and `lr` is about the root mean square change of a number in a step. The first moment of a
    word moves only in batches that hold it. Tables, (M V, D), lie one of the `n_members` (M) below the other;
    their gradient may be sparse.

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization, Algorithm 1.
    """

    def _move(self, trained: torch.Tensor, gradient: torch.Tensor) -> None:
        n_words = len(trained) // len(self._squares)
        rows, gradient = _rows_of(gradient)
        member = rows // n_words
        sums = torch.zeros_like(self._squares)
        sums.index_add_(0, member, gradient.double().square().sum(dim=1))
        factors = self._factors(sums / (n_words * trained.shape[1]))
        means = torch.lerp(self._means[rows], gradient, 1 - BETAS[0])
        self._means[rows] = means
        trained[rows] -= factors[member, None].to(trained.dtype) * means


class DualTableAdam(_OneMomentAdam):
    """`TableAdam` for full batches, in the space of the texts; see `textransfer.sentiment.training.dual`.

    The gradient of A is taken to be that in the means of the texts, G. The gradient in the table is then
    S' G, whose squares sum to those of G over K. Coefficients are A, (M, n, D), grams are K, (M, n, n); each
    member's table has rows for `n_words`, and `lr` is the step size of the tables.
    """

    def __init__(
        self, coefficients: torch.nn.Parameter, grams: torch.Tensor, n_words: Sequence[int], lr: float
    ) -> None:
        super().__init__(coefficients, len(coefficients), lr)
        self._grams = grams
        self._sizes = torch.tensor(n_words, dtype=torch.float64).clamp(min=1) * coefficients.shape[2]

    def _move(self, trained: torch.Tensor, gradient: torch.Tensor) -> None:
        sums = (gradient * (self._grams @ gradient)).double().sum(dim=(1, 2))
        factors = self._factors(sums.clamp(min=0) / self._sizes)
        self._means.lerp_(gradient, 1 - BETAS[0])
        trained -= factors[:, None, None].to(trained.dtype) * self._means


def _rows_of(gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the rows of a table that have a gradient, and their gradients."""
    if not gradient.is_sparse:
        return torch.arange(len(gradient)), gradient
    gradient = gradient.coalesce()
    return gradient.indices()[0], gradient.values()
