"""Channels: one adapter file each. To add a channel is to copy one of them."""

from workorders.intake import hotline, patrol, petition, police, public
from workorders.intake.base import Adapter

ADAPTERS: dict[str, type[Adapter]] = {
    "hotline": hotline.HotlinePayload,
    "patrol": patrol.PatrolPayload,
    "police": police.PolicePayload,
    "petition": petition.PetitionPayload,
    "public": public.PublicPayload,
}

__all__ = ["ADAPTERS", "Adapter"]
