"""The yardstick: what Channels offers out of the box, a group with a consumer for each socket."""

import argparse
import asyncio
import os
from typing import Any

import django
import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import BaseChannelLayer, channel_layers
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from governance.web import open_socket

LAYERS = {"core": RedisChannelLayer, "pubsub": RedisPubSubChannelLayer}
GROUP = "bench"


def layer_of(kind: str) -> BaseChannelLayer:
    # The client's own limits would end the layer's long waits, one for each socket.
    host = {"address": os.environ["REDIS_URL"], "socket_timeout": None, "max_connections": 5000}
    return LAYERS[kind](hosts=[host])


class StockConsumer(AsyncWebsocketConsumer):
    """The consumer of the manual: join a group, send what comes."""

    groups = [GROUP]

    async def bench_frame(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


def serve(kind: str, port: int) -> None:
    layer = layer_of(kind)
    StockConsumer.channel_layer_alias = kind

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await StockConsumer.as_asgi()(scope, receive, send)

    channel_layers.backends[kind] = layer
    config = uvicorn.Config(application, access_log=False, log_level="warning", lifespan="off")
    listener = open_socket(host="127.0.0.1", port=port)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    django.setup()
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=LAYERS)
    parser.add_argument("--port", type=int)
    asked = parser.parse_args()
    serve(asked.kind, asked.port)
