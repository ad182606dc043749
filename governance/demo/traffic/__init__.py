"""The demo traffic: made-up people at work through the real HTTP interfaces."""

from governance.demo.traffic.client import Site
from governance.demo.traffic.reports import Reporting
from governance.demo.traffic.scenes import Traffic
from governance.demo.traffic.tempo import Tempo
from governance.demo.traffic.walks import Walks

__all__ = ["Reporting", "Site", "Tempo", "Traffic", "Walks"]
