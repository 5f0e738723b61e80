"""The FastAPI server that is measured: a small JSON answer, and one row from PostgreSQL.

Written as a team would write it on a good day: models for the answers, asynchronous all the way,
a pool that is opened once. Settings come from the environment, see ``variants.py``.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

POOL = int(os.environ["HEADROOM_POOL"])  # connections of this worker
ROW = "SELECT id, name, price_cents, in_stock FROM item WHERE id = $1"


class Item(BaseModel):
    id: int
    name: str
    price_cents: int
    in_stock: bool


@asynccontextmanager
async def pool(app: FastAPI) -> AsyncIterator[None]:
    url = os.environ["HEADROOM_DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=POOL, max_size=POOL) as app.state.pool:
        yield


app = FastAPI(lifespan=pool)


@app.get("/json")
async def small_json() -> Item:
    return Item(id=1, name="Item 1", price_cents=101, in_stock=True)


@app.get("/row/{number}")
async def row(number: int) -> Item:
    found = await app.state.pool.fetchrow(ROW, number)
    if found is None:
        raise HTTPException(404)
    return Item(**found)
