"""Jobs per second of procrastinate: tasks that do nothing, eight at a time.

usage: procrastinate_rate.py DSN JOBS
"""

import asyncio
import logging
import sys
import time

import procrastinate
import psycopg

logging.disable(logging.WARNING)


async def main(dsn, jobs):
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        await connection.execute("DROP SCHEMA IF EXISTS procrastinate CASCADE")
        await connection.execute("CREATE SCHEMA procrastinate")
    connector = procrastinate.PsycopgConnector(
        conninfo=dsn, kwargs={"options": "-c search_path=procrastinate"}, min_size=4, max_size=10
    )
    app = procrastinate.App(connector=connector)

    @app.task
    async def nothing(number):
        pass

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for start in range(0, jobs, 500):
            await nothing.batch_defer_async(*[{"number": n} for n in range(start, min(start + 500, jobs))])
        began = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=8, install_signal_handlers=False, listen_notify=False)
        took = time.perf_counter() - began
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            done = await connection.execute(
                "SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'succeeded'"
            )
            assert (await done.fetchone())[0] == jobs
    print(jobs / took)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
