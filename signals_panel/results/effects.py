"""Effects, as users read them."""

from __future__ import annotations

from typing import Any

from signals_panel.describe import shown_params
from signals_panel.recording import (
    EffectNode,
    aliases_around,
    elapsed,
    rolled_back_around,
)
from signals_panel.results.views import NS_PER_MS, View

SQL = "sql"


class Effect(View[EffectNode]):
    """Something that the program caused beyond its own Python."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        """What sort of effect it is: ``"sql"``, ``"cache"``, or one of the project's own."""
        return self._node.kind

    @property
    def text(self) -> str:
        """What happened, in a few words; of SQL, the statement."""
        return self._node.text

    @property
    def alias(self) -> str:
        """Which of the project's databases, caches and so on it was; empty where there is one."""
        return self._node.alias

    @property
    def result(self) -> str | None:
        """What came of it in a word, such as ``"hit"``; None where there is nothing to tell."""
        return self._node.result

    @property
    def error(self) -> str | None:
        """The exception it raised, as ``"IntegrityError: ..."``, or None."""
        return self._node.error

    @property
    def duration_ms(self) -> float:
        """Milliseconds that it took, those of what happened inside of it included."""
        return elapsed(self._node) / NS_PER_MS

    @property
    def atomic(self) -> tuple[str, ...]:
        """The databases in whose transaction it began."""
        return aliases_around(self._node)

    @property
    def is_rolled_back(self) -> bool:
        """Whether it is a query that a rollback has undone."""
        return self.kind == SQL and self.alias in rolled_back_around(self._node)

    def __repr__(self) -> str:
        return f"<Effect {self.kind}: {self.text}>"


class Query(Effect):
    """One statement sent to a database."""

    __slots__ = ()

    @property
    def sql(self) -> str:
        """The statement as given to the cursor, with placeholders; long ones are cut."""
        return self._node.text

    @property
    def params(self) -> Any:
        """The parameters as plain JSON values; for ``executemany`` a list of the first rows."""
        return shown_params(self._node.data)

    @property
    def many(self) -> bool:
        """Whether this was ``executemany``."""
        return bool(self._node.note)

    def __repr__(self) -> str:
        return f"<Query {self.sql!r} on {self.alias!r}>"


def effect_of(node: EffectNode) -> Effect:
    """The view of an effect; of SQL, a ``Query``."""
    return Query(node) if node.kind == SQL else Effect(node)
