"""The same endpoint as Parley's for Standard Webhooks, as it is usually written: FastAPI, SQLAlchemy and asyncpg.

It reads the whole body, verifies it with the standard's own SDK, stores the event once, commits, and answers.
"""

import json
import os
import uuid

import standardwebhooks
from fastapi import FastAPI, HTTPException, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

WEBHOOK = standardwebhooks.Webhook(os.environ["WEBHOOK_SECRET"])
ORGANIZATION = uuid.UUID(os.environ["ORGANIZATION_ID"])
ENDPOINT = uuid.UUID(os.environ["ENDPOINT_ID"])
LONGEST = 36 << 20  # bytes of a body
engine = create_async_engine(
    "postgresql+asyncpg://parley_app@/parley?host=" + os.environ["POSTGRES_FOLDER"],
    pool_size=16,  # with two workers as many as there are senders
    connect_args={"server_settings": {"parley.organization_id": str(ORGANIZATION)}},
)
app = FastAPI()
INSERT = text(
    """
    INSERT INTO webhook_events (organization_id, id, source, event_type, external_id, payload, headers, raw, content,
        endpoint_id, received_at, state, processed, processed_at)
    VALUES (:organization, :id, 'custom', :type, :external_id, CAST(:payload AS jsonb), '{}', :raw,
        '{"notice": {}}', :endpoint, now(), 'processed', true, now())
    ON CONFLICT (organization_id, source, external_id) DO NOTHING
    """
)


@app.post("/hooks/{endpoint}")
async def receive(endpoint: uuid.UUID, request: Request):
    if endpoint != ENDPOINT:
        raise HTTPException(404)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            raise HTTPException(413)
    try:
        WEBHOOK.verify(body, dict(request.headers))
    except standardwebhooks.WebhookVerificationError as error:
        raise HTTPException(401) from error
    event = json.loads(body)
    async with engine.begin() as connection:
        await connection.execute(
            INSERT,
            {
                "organization": ORGANIZATION, "id": uuid.uuid4(), "type": event["type"],
                "external_id": request.headers["webhook-id"], "payload": body.decode(), "raw": body,
                "endpoint": ENDPOINT,
            },
        )  # fmt: skip
    return Response(status_code=200)
