"""Rounds of a province at work: in each a worker is killed at a random moment, and often something else befalls it too;
after each, everything is checked."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.collector.service.live import until
from tests.soak import checks as of_centre
from tests.soak.centre import SLOW
from tests.soak.fleet import checks
from tests.soak.fleet.quick import DEAD_SECONDS, LOOK_SECONDS
from tests.soak.fleet.world import WORKERS, World, world
from tests.soak.killing import Figures

#: The longest that a round waits before it kills.
LONGEST = 5.0
#: How long the province may take in the end until everything is done.
_END_SECONDS = 900.0


def run(
    folder: Path,
    kills: int,
    seed: int,
    tell: Callable[[str], None] = lambda _: None,
    minutes: float = 1e9,
    centres: int = 20,
) -> Figures:
    """Kill ``kills`` times, or for so many minutes, then let the province end its work and look at everything once more."""
    chance = random.Random(seed)
    figures = Figures()
    seen: set[str] = set()
    with world(folder, centres) as made:
        _found(made, chance, figures)
        for number in range(WORKERS):
            made.start(number)
        until(made.is_up)
        rounds = 0
        ends = time.monotonic() + 60 * minutes
        while figures.kills < kills and time.monotonic() < ends:
            for key in chance.sample(sorted(made.centres), min(3, centres)):
                made.next_round(key)
            other = chance.choices(*zip(*_OTHERS.items(), strict=True))[0]
            other(made, chance)
            dead = _kill(made, chance, figures)
            figures.busy[other.__name__.strip("_")] += other is not _nothing
            rounds += 1
            with made.still():
                touched = made.touched()
                found = checks.faults(made, seen, None if rounds % 10 == 0 else touched)
            for each in dead:
                made.start(each)
            figures.faults += [f"kill {figures.kills}: {each}" for each in found]
            if rounds % 10 == 0 or found:
                tell(f"{time.strftime('%H:%M:%S')} after {rounds} rounds: {figures}")
            if found:
                return figures
        _end(made, figures, seen, tell)
    return figures


def _found(made: World, chance: random.Random, figures: Figures) -> None:
    """``init``, killed in the middle and run again."""
    for _ in range(2):
        started = made.init()
        time.sleep(chance.uniform(1.5, 6))
        started.kill(everything=True)
        figures.busy["init"] += 1
    started = made.init()
    if code := started.process.wait(300):
        figures.faults.append(f"init ended with {code}: {(made.folder / 'init.log').read_text()}")


# ── what befalls it, beside the kill ──


def _nothing(_made: World, _chance: random.Random) -> None:
    """Nothing."""


def _server_crashed(made: World, chance: random.Random) -> None:
    """PostgreSQL is gone at once, and comes back after a while."""
    until(made.is_up)  # a worker that cannot begin ends, and says so
    time.sleep(chance.uniform(0, LONGEST))
    made.server.stop()
    time.sleep(chance.uniform(0, 1.5 * DEAD_SECONDS))
    made.server.start()


def _frozen(made: World, chance: random.Random) -> None:
    """A worker hears and says nothing for longer than it may, and then goes on: its task is another's by then."""
    time.sleep(chance.uniform(0, LONGEST))
    busy = [each for each in made.workers.values() if each.busy()[0]]
    chosen = chance.choice(busy or list(made.workers.values()))
    alone = chance.random() < 0.5
    chosen.started.process.send_signal(signal.SIGSTOP) if alone else chosen.started.send(
        signal.SIGSTOP
    )
    time.sleep(DEAD_SECONDS + chance.uniform(0, 3 * LOOK_SECONDS))
    chosen.started.send(signal.SIGCONT)


def _cut_off(made: World, chance: random.Random) -> None:
    """Sessions of the server end under those that use them."""
    until(made.is_up)
    time.sleep(chance.uniform(0, LONGEST))
    share = chance.choice((0.3, 1.0))
    made.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        f" AND backend_type = 'client backend' AND random() < {share}"
    )


def _upgraded(made: World, chance: random.Random) -> None:
    """A newer program has brought the tables up to date: workers stop taking tasks, and say so."""
    until(made.is_up)
    time.sleep(chance.uniform(0, LONGEST))
    with made.own() as connection:
        connection.exec_driver_sql("UPDATE state SET value = '9' || value WHERE name = 'centres'")
    until(lambda: all(each.started.ended is not None for each in made.workers.values()))
    for each in list(made.workers.values()):
        assert each.started.ended == 1, (each.started.ended, each.words[-2000:])
        assert "更新的版本" in each.words, each.words[-2000:]
    said = {problem for (problem,) in made.rows("SELECT problem FROM worker WHERE stopped_at > 0")}
    assert any("更新的版本" in each for each in said), said
    with made.own() as connection:
        connection.exec_driver_sql(
            "UPDATE state SET value = substr(value, 2) WHERE name = 'centres'"
        )
    for number in list(made.workers):
        made.gone.append(made.workers[number].started)
        made.start(number)
    until(made.is_up)


def _init_again(made: World, chance: random.Random) -> None:
    """``init`` under way beside the workers, and killed."""
    started = made.init()
    time.sleep(chance.uniform(0.5, LONGEST))
    if started.ended is None:
        started.kill(everything=True)


#: Jobs that write mails.
_TELLING = ("周报邮件", "采集", "季末采集", "读收件夹", "补发消息")
_OTHERS = {
    _nothing: 14,
    _server_crashed: 2,
    _frozen: 2,
    _cut_off: 2,
    _init_again: 1,
    _upgraded: 0.5,
}


# ── the kill ──


def _busy(made: World) -> list[int]:
    return [number for number, each in made.workers.items() if each.busy()[0]]


def _wait(look: Callable[[], bool]) -> None:
    """For something that comes soon, or does not."""
    ends = time.monotonic() + 4 * LONGEST
    while not look() and time.monotonic() < ends:
        time.sleep(0.2)


def _kill(made: World, chance: random.Random, figures: Figures) -> list[int]:
    """A worker, two, or all of them, at a random moment or just when a mail arrives at its server. Who was killed."""
    made.around.post.arriving.clear()
    if chance.random() < 0.8:  # otherwise now and then while they begin
        _wait(lambda: len(_busy(made)) > 1)
    mailing = chance.random() < 0.3 and made.around.post.arriving.wait(LONGEST)
    time.sleep(chance.uniform(0, 2 * SLOW) if mailing else chance.uniform(0, LONGEST))
    some = _busy(made) or [*range(WORKERS)]
    number = chance.choices((1, 2, WORKERS), (3, 4, 2))[0]
    chosen = chance.sample(some, min(number, len(some)))
    if mailing:  # whoever may be writing it
        telling = [n for n, each in made.workers.items() if each.busy()[1] in _TELLING]
        chosen = telling or chosen
    for number in chosen:
        job = made.workers[number].busy()[1]
        figures.busy["a mail arrives" if mailing and job in _TELLING else job or "nothing"] += 1
        figures.kills += 1
        made.kill(number, everything=chance.random() < 0.7)
    return chosen


# ── the end ──


def _ask_for_all(made: World, figures: Figures) -> None:
    """Everything is due; what was killed five times in a row, and set aside, is begun again."""
    for key, centre in made.centres.items():
        made.configure(key, range(centre.rounds))
        centre.make_due("quarter")
    for key, job, tries, problem in checks.aside(made):
        if (key, job) != checks.poisoned(made):
            figures.busy["again"] += 1
            if problem or tries != 5 or made.collect("again", key, job).returncode:
                figures.faults.append(f"set aside: {key} {job} {tries} {problem}")


def _end(made: World, figures: Figures, seen: set[str], tell: Callable[[str], None]) -> None:
    """Left alone: all that lies there is taken in, every page that a killed pass has left is found by the quarter's pass over
    everything, and what has to be said is said."""
    tell(f"the end begins {time.strftime('%H:%M:%S')}: {figures}")
    _ask_for_all(made, figures)
    ends = time.monotonic() + _END_SECONDS
    while (lacking := checks.waiting(made)) and time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)
    figures.faults += [f"at the end: {each}" for each in lacking]
    aside = checks.aside(made)
    if [each[:3] for each in aside] != [(*checks.poisoned(made), 5)]:
        figures.faults.append(f"set aside: {aside}")
    said = made.collect("status")
    if "已搁置" not in said.stdout:
        figures.faults.append(f"status does not say what was set aside: {said.stdout}{said.stderr}")
    for number, each in list(made.workers.items()):
        if code := each.started.stop():
            figures.faults.append(f"worker {number} stopped with {code}")
        made.gone.append(made.workers.pop(number).started)
    figures.faults += [f"at the end: {each}" for each in checks.faults(made, seen)]
    figures.faults += [f"at the end: {each}" for each in checks.unsettled(made, int(time.time()))]
    figures.files = sum(len(each.files) for each in made.centres.values())
    figures.mails = len(made.around.post.texts)
    for centre in made.centres.values():
        figures.deliveries += of_centre.deliveries(centre)
