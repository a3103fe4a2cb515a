"""The queue behind Slack and Teams, and the memory for what was handled."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels import background, once
from bot.channels.background import Background
from bot.channels.once import Once


def test_jobs_are_done_in_order_and_finished_when_the_server_stops() -> None:
    done: list[int] = []

    async def job(number: int) -> None:
        done.append(number)
        await asyncio.sleep(0.01)

    async def main() -> None:
        work = Background()
        work.start()
        for number in range(50):
            assert work.add(lambda number=number: job(number))  # type: ignore[misc]
        await work.stop()

    asyncio.run(main())
    assert done == list(range(50))


def test_a_failing_job_does_not_stop_the_next_and_its_text_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def fail() -> None:
        raise ValueError("wat iemand typte")

    async def work_on() -> None:
        done.append("klaar")

    async def main() -> None:
        work = Background()
        work.start()
        for _ in range(background.WORKERS * 2):
            work.add(fail)
        work.add(work_on)
        await work.stop()

    asyncio.run(main())
    assert done == ["klaar"]
    assert "ValueError" in caplog.text
    assert "wat iemand typte" not in caplog.text


def test_a_full_queue_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAITING", 3)
    monkeypatch.setattr(background, "WORKERS", 1)
    monkeypatch.setattr(background, "GRACE", 0.05)

    async def main() -> list[bool]:
        work = Background()
        work.start()
        accepted = [work.add(lambda: asyncio.sleep(60)) for _ in range(5)]
        await work.stop()
        return accepted

    assert asyncio.run(main()) == [True, True, True, False, False]


def test_a_key_is_first_once_until_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Once()
    assert [seen.first("a"), seen.first("a"), seen.first("b")] == [True, False, True]
    seen.forget("a")
    assert seen.first("a")
    monkeypatch.setattr(once, "REMEMBERED", 2)
    seen.first("c")
    assert not seen.first("c")
    assert seen.first("b")
