"""Schedule or do the work of ANALYTICS_ENGINE=distributed, until told to stop."""

import asyncio
import tempfile

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Runs the scheduler that groups of rows are asked of, or a worker of it (one per core)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=["scheduler", "worker"])
        parser.add_argument("--scheduler", default="", help="for a worker: tcp://10.0.0.5:8786")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
        parser.add_argument("--port", type=int, default=8786, help="of the scheduler; 0 for any")
        parser.add_argument(
            "--note", default="", help="file for the scheduler to leave its address"
        )

    def handle(self, *args, part, scheduler, host, port, note, **options):
        if part == "worker" and not scheduler:
            raise CommandError("Name the scheduler: --scheduler tcp://10.0.0.5:8786")
        asyncio.run(_work(scheduler, host) if part == "worker" else _schedule(host, port, note))


async def _schedule(host: str, port: int, note: str) -> None:
    from distributed import Scheduler  # noqa: PLC0415  # not every installation has it

    async with Scheduler(host=host, port=port, dashboard=False, scheduler_file=note or None) as own:
        await own.finished()


async def _work(scheduler: str, host: str) -> None:
    from distributed import Worker  # noqa: PLC0415  # not every installation has it

    with tempfile.TemporaryDirectory() as place:
        own = Worker(scheduler, host=host, nthreads=1, local_directory=place, dashboard=False)
        async with own:
            await own.finished()
