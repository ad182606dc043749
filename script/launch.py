"""Entry of the launcher: `launch.py server|services ARGUMENTS`, in any Python 3.11."""

import sys

from launcher import server, services

if __name__ == "__main__":
    sys.exit({"server": server.main, "services": services.main}[sys.argv.pop(1)]())
