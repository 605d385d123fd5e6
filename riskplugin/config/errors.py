"""What is wrong with a configuration, said so that it can be mended. Knows nothing of pydantic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the key's path, what it was, what it may be, how to mend it.

    ``involved`` are the paths that the finding rests on, for dropping a finding about a key that is
    itself wrong.
    """

    path: str
    was: str
    must: str
    mend: str
    involved: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path}: was {self.was}, {self.must} — {self.mend}"


class ConfigError(ValueError):
    """The section "risk" cannot be used: ``problems`` has every reason, the message a line each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)
