"""The control endpoints under `/control`: steer the market, inject faults, read the books.

Not part of Binance's protocol, not signed, JSON in and out; numbers that are money are strings.
"""

# every endpoint takes the same arguments, needed or not

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation

from riskplugin.sandbox.control_views import account_line, order_line
from riskplugin.sandbox.matching import FillPolicy
from riskplugin.sandbox.scenarios import SCENARIOS
from riskplugin.sandbox.wire import Json, number
from riskplugin.sandbox.world import World

Control = Callable[[World, Mapping[str, object]], object]
table: dict[tuple[str, str], Control] = {}


def _control(method: str, path: str) -> Callable[[Control], Control]:
    def register(handler: Control) -> Control:
        table[(method, f"/control/{path}")] = handler
        return handler

    return register


@_control("GET", "state")
def state(world: World, body: Mapping[str, object]) -> object:
    """The scenario, its phase, and prices."""
    now, playing = world.clock(), world.market.playing
    elapsed = (now - playing.start_ms) / 1000.0 if playing else 0.0
    quotes = {symbol: world.market.quote(symbol, now) for symbol in world.market.instruments}
    return {
        "now_ms": now,
        "uptime_s": (now - world.start_ms) / 1000.0,
        "scenario": playing.scenario.name if playing else "calm",
        "speed": playing.speed if playing else 1.0,
        "phase": world.market.phase(now),
        "held": world.market.held,
        "elapsed_s": elapsed,
        "elapsed_scenario_s": elapsed * playing.speed if playing else 0.0,
        "scenario_length_s": playing.scenario.seconds if playing else 0.0,
        "prices": {
            symbol: {"bid": number(q.bid), "ask": number(q.ask), "last": number(q.last)}
            for symbol, q in quotes.items()
        },
    }


@_control("GET", "scenarios")
def scenarios(world: World, body: Mapping[str, object]) -> object:
    """The scenarios there are."""
    return [
        {"name": s.name, "summary": s.summary, "seconds": s.seconds} for s in SCENARIOS.values()
    ]


@_control("POST", "scenario")
def start_scenario(world: World, body: Mapping[str, object]) -> object:
    """Start a scenario: name, speed (1), after_seconds (0)."""
    name = str(body.get("name", "calm"))
    world.play(name, _float(body, "speed", 1.0), _float(body, "after_seconds", 0.0))
    return state(world, body)


@_control("POST", "price")
def move_price(world: World, body: Mapping[str, object]) -> object:
    """Multiply the price of a pair (or of all) by a factor, at once."""
    factor = _float(body, "factor", 1.0)
    for symbol in _symbols(world, body):
        world.market.jump(symbol, factor, world.clock())
    world.exchange.advance(world.clock())
    return state(world, body)


@_control("POST", "hold")
def hold_prices(world: World, body: Mapping[str, object]) -> object:
    """Freeze all prices, or with `{"hold": false}` let them go on."""
    if body.get("hold", True) is False:
        world.market.resume(world.clock())
    else:
        world.market.hold(world.clock())
    return state(world, body)


@_control("POST", "deposit")
def deposit(world: World, body: Mapping[str, object]) -> object:
    """Pay USDT into an account; negative withdraws. `market` is futures (default) or spot."""
    account = world.exchange.accounts.get(str(body.get("key", "")))
    spot = body.get("market", "futures") == "spot"
    account.deposit(_decimal(body, "amount"), spot=spot, now_ms=world.clock())
    return account_line(world, account)


@_control("POST", "fill_policy")
def fill_policy(world: World, body: Mapping[str, object]) -> object:
    """Change how willingly orders are filled; what is not named stays."""
    changes = dict(body)
    if changes.get("fraction_per_second") is not None:
        changes["fraction_per_second"] = _decimal(body, "fraction_per_second")
    world.exchange.policy = replace(world.exchange.policy, **changes)  # type: ignore[arg-type]
    return _policy(world.exchange.policy)


@_control("GET", "fill_policy")
def show_fill_policy(world: World, body: Mapping[str, object]) -> object:
    """How willingly orders are filled."""
    return _policy(world.exchange.policy)


@_control("POST", "fault")
def add_fault(world: World, body: Mapping[str, object]) -> object:
    """Let requests fail."""
    return asdict(world.faults.add(body, world.clock()))


@_control("GET", "fault")
def faults(world: World, body: Mapping[str, object]) -> object:
    """The faults and how often each has struck."""
    return [asdict(fault) for fault in world.faults.all()]


@_control("DELETE", "fault")
def clear_faults(world: World, body: Mapping[str, object]) -> object:
    """Remove the fault with this id, or all."""
    world.faults.clear(int(str(body["id"])) if "id" in body else None)
    return faults(world, body)


@_control("GET", "orders")
def orders(world: World, body: Mapping[str, object]) -> object:
    """Every order there ever was, oldest first; `key` and `after` (an order id) narrow it."""
    key, after = body.get("key"), int(str(body.get("after", 0)))
    return [
        order_line(order)
        for order in world.exchange.log
        if key in (None, order.key) and order.id > after
    ]


@_control("GET", "accounts")
def accounts(world: World, body: Mapping[str, object]) -> object:
    """Balances, positions and equity at present prices, by API key."""
    return {account.key: account_line(world, account) for account in world.exchange.accounts}


@_control("GET", "requests")
def requests(world: World, body: Mapping[str, object]) -> object:
    """Counters per endpoint, per key and per caller name."""
    return world.traffic.report()


@_control("DELETE", "requests")
def reset_requests(world: World, body: Mapping[str, object]) -> object:
    """Begin counting at zero."""
    world.traffic.reset()
    return world.traffic.report()


def _policy(policy: FillPolicy) -> Json:
    fraction = policy.fraction_per_second
    return {
        "limit": policy.limit,
        "market": policy.market,
        "fraction_per_second": None if fraction is None else number(fraction),
    }


def _symbols(world: World, body: Mapping[str, object]) -> list[str]:
    """The symbol of `pair` in any spelling; all without it."""
    known = list(world.market.instruments)
    if "pair" not in body:
        return known
    symbol = str(body["pair"]).split(":")[0].replace("/", "")
    if symbol not in known:
        raise ValueError(f"no pair {body['pair']!r}; there are {', '.join(known)}")
    return [symbol]


def _float(body: Mapping[str, object], name: str, default: float) -> float:
    return float(str(body.get(name, default)))


def _decimal(body: Mapping[str, object], name: str) -> Decimal:
    try:
        value = Decimal(str(body[name]))
    except (KeyError, InvalidOperation):
        raise ValueError(f"{name} must be a number") from None
    if not value.is_finite():
        raise ValueError(f"{name} must be finite")
    return value
