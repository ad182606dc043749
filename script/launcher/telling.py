"""What goes wrong, told to the person at the terminal in one line."""

import errno
import functools
import sys
from collections.abc import Callable

from launcher.problem import Problem


def told_in_one_line(main: Callable[[], int]) -> Callable[[], int]:
    """Turn a Problem, a full disk and Ctrl-C into a message and an exit code."""

    @functools.wraps(main)
    def guarded() -> int:
        try:
            return main()
        except Problem as problem:
            print(problem, file=sys.stderr)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            print("The disk is full. Free some space and start again.", file=sys.stderr)
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
            return 130
        return 1

    return guarded
