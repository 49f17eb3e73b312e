"""Answer many requests together: what arrives while a batch is computed becomes the next one."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Result = TypeVar("Result")

MOST_TEXTS, MOST_CHARACTERS = 256, 200_000
"""Of a batch, unless a single request has more: what comes next should not wait for long."""


class Batches(Generic[Result]):
    """Waiting requests for texts, computed in another thread.

    No request waits for a batch to fill: where there is one alone, it is computed alone.

    Parameters
    ----------
    function : callable
        Returns a result for each of some texts; those of a text must not hang on the texts beside it.
    executor : Executor
        Where it runs.
    on_batch : callable, optional
        Called with the number of texts of each batch.
    most_characters : int
        Of a batch, as far as several requests make it up.
    """

    def __init__(
        self,
        function: Callable[[list[str]], Sequence[Result]],
        executor: Executor,
        *,
        on_batch: Callable[[int], None] | None = None,
        most_characters: int = MOST_CHARACTERS,
    ) -> None:
        self._function = function
        self._executor = executor
        self._on_batch = on_batch
        self._most_characters = most_characters
        self._waiting: deque[tuple[list[str], asyncio.Future[Sequence[Result]]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    async def answer(self, texts: list[str]) -> Sequence[Result]:
        """Return the results of some texts; what `function` raises for them is raised here."""
        future: asyncio.Future[Sequence[Result]] = asyncio.get_running_loop().create_future()
        self._waiting.append((texts, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        try:
            while batch := self._next():
                await self._compute(batch)
        finally:
            self._worker = None

    def _next(self) -> list[tuple[list[str], asyncio.Future[Sequence[Result]]]]:
        """Take requests off the queue; nobody waits any more for those that are done, by a time limit."""
        batch: list[tuple[list[str], asyncio.Future[Sequence[Result]]]] = []
        n_texts = n_characters = 0
        while self._waiting:
            texts, future = self._waiting[0]
            if not future.done():
                n_texts += len(texts)
                n_characters += sum(map(len, texts))
                if batch and (n_texts > MOST_TEXTS or n_characters > self._most_characters):
                    break
                batch.append((texts, future))
            self._waiting.popleft()
        return batch

    async def _compute(self, batch: list[tuple[list[str], asyncio.Future[Sequence[Result]]]]) -> None:
        joined = [text for texts, _ in batch for text in texts]
        if self._on_batch is not None:
            self._on_batch(len(joined))
        loop = asyncio.get_running_loop()
        try:
            results = await loop.run_in_executor(self._executor, self._function, joined)
        except Exception as error:
            if len(batch) == 1:
                future = batch[0][1]
                if not future.done():
                    future.set_exception(error)
                return
            for request in batch:  # so that it fails for the one that is at fault alone
                await self._compute([request])
            return
        start = 0
        for texts, future in batch:
            if not future.done():
                future.set_result(results[start : start + len(texts)])
            start += len(texts)
