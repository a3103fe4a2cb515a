"""The queue behind Slack and Teams, and the memory for what was handled."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.channels import background, once
from bot.channels.background import Background
from bot.channels.once import Once


def test_jobs_of_one_conversation_are_done_in_order_and_finished_when_the_server_stops() -> None:
    done: list[int] = []

    async def job(number: int) -> None:
        await asyncio.sleep(0.01 if number % 2 else 0)
        done.append(number)

    async def main() -> None:
        work = Background()
        for number in range(20):
            assert work.add("een", partial(job, number))
        await work.stop()

    asyncio.run(main())
    assert done == list(range(20))


def test_a_slow_conversation_keeps_nobody_waiting() -> None:
    done: list[str] = []

    async def main() -> None:
        gate = asyncio.Event()

        async def slow() -> None:
            await gate.wait()
            done.append("traag")

        async def quick() -> None:
            done.append("vlot")
            gate.set()

        work = Background()
        work.add("een", slow)
        work.add("twee", quick)
        await work.stop()

    asyncio.run(main())
    assert done == ["vlot", "traag"]


def test_a_failing_job_does_not_stop_the_next_and_its_text_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def fail() -> None:
        raise ValueError("wat iemand typte")

    async def work_on() -> None:
        done.append("klaar")

    async def main() -> None:
        work = Background()
        work.add("een", fail)
        work.add("een", work_on)
        await work.stop()

    asyncio.run(main())
    assert done == ["klaar"]
    assert "ValueError" in caplog.text
    assert "wat iemand typte" not in caplog.text


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAITING", 4)
    monkeypatch.setattr(background, "WAITING_EACH", 3)
    monkeypatch.setattr(background, "GRACE", 0.05)

    async def main() -> list[bool]:
        work = Background()
        wait = partial(asyncio.sleep, 60)
        accepted = [work.add(conversation, wait) for conversation in ("a", "a", "a", "a", "b", "c")]
        await work.stop()
        return accepted

    assert asyncio.run(main()) == [True, True, True, False, True, False]


def test_a_key_is_first_once_until_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Once()
    assert [seen.first("a"), seen.first("a"), seen.first("b")] == [True, False, True]
    seen.forget("a")
    assert seen.first("a")
    monkeypatch.setattr(once, "REMEMBERED", 2)
    seen.first("c")
    assert not seen.first("c")
    assert seen.first("b")
