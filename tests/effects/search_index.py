"""A kind of effect as a project adds its own: in one file, named by the setting."""

from __future__ import annotations

from typing import Any

from signals_panel.effects import Described, EffectKind, Invocation, watch

SEARCH = EffectKind("search", "search request", "search requests", "Search", "search")


class Index:
    """What stands for a search engine's client."""

    def put(self, name: str, *, document: dict[str, str] | None = None) -> int:
        return 201

    def reindex(self, names: list[str]) -> int:
        return sum(self.put(name) for name in names)

    async def aput(self, name: str) -> int:
        return self.put(name)

    def breaks(self) -> None:
        raise ConnectionError("no index")

    def odd(self, *args: object) -> None:
        pass


def describe(operation: Invocation) -> Any:
    if operation.method == "odd" and operation.args:
        return Described(operation.args[0])
    if operation.method == "odd":
        raise LookupError("nobody knows")
    return Described(f"{operation.method} {operation.argument(0, 'name')}", alias="default")


def result(operation: Invocation, value: object) -> str | None:
    if value == 0:
        raise LookupError("nothing was put")
    return str(value) if value is not None else None


watch(
    SEARCH,
    owners=[Index, "not_installed.Client", f"{__name__}.Missing"],
    methods=["put", "aput", "reindex", "breaks", "odd", "no_such_method"],
    describe=describe,
    result=result,
)
