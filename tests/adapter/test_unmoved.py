"""What has to stay in its place is known by its identity."""

from __future__ import annotations

import pytest

from riskplugin.adapter.unmoved import Unmoved

pytestmark = pytest.mark.spec("CF-3")


class SaysYes:
    """Claims to be equal to anything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")])
def test_each_value_is_missed_as_soon_as_it_is_another(names: tuple[str, ...]) -> None:
    values = {name: object() for name in names}
    unmoved = Unmoved(values)
    assert unmoved.held_by(values)
    assert unmoved.held_by({**values, "more": object()})
    for name in names:
        assert not unmoved.held_by({**values, name: SaysYes()})
        assert not unmoved.held_by({k: v for k, v in values.items() if k != name})


def test_where_nothing_has_to_stay_everything_does() -> None:
    assert Unmoved({}).held_by({})
