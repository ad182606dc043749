"""The line between a phone and the centre, which tests cut, mend, or let lose the answers."""

import socket
import threading
from contextlib import suppress

CHUNK = 16 * 1024


class Line:
    """A door to a server on a port of its own. `cut` ends what is under way and lets nobody in."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = "http://{}:{}".format(*self._door.getsockname())
        self._open: set[socket.socket] = set()
        self._is_up, self._is_deaf, self._budget = True, False, -1
        self._guard = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        self._is_up = False
        self._hang_up()

    def mend(self) -> None:
        self._is_up, self._is_deaf, self._budget = True, False, -1

    def lose_answers(self) -> None:
        """Let requests through and hang up when the server answers."""
        self._is_up, self._is_deaf, self._budget = True, True, -1

    def cut_after(self, count: int) -> None:
        """Cut the line after so many more bytes of requests."""
        self._is_up, self._is_deaf, self._budget = True, False, count

    @property
    def is_up(self) -> bool:
        return self._is_up

    def close(self) -> None:
        self.cut()
        self._door.close()

    def _hang_up(self) -> None:
        with self._guard:
            ends, self._open = self._open, set()
        for end in ends:
            _end(end)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                phone, _ = self._door.accept()
                if self._is_up:
                    self._connect(phone)
                else:
                    _end(phone)

    def _connect(self, phone: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server)
        except OSError:
            return _end(phone)
        with self._guard:
            self._open |= {phone, server}
        for source, target, is_answer in ((phone, server, False), (server, phone, True)):
            threading.Thread(
                target=self._carry, args=(source, target, is_answer), daemon=True
            ).start()
        return None

    def _carry(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while more := source.recv(CHUNK):
                if is_answer and self._is_deaf:
                    break
                if not self._is_up:
                    break
                target.sendall(more if is_answer else self._spend(more))
        _end(source)
        _end(target)

    def _spend(self, more: bytes) -> bytes:
        """Give what the budget of bytes allows; with the last of it the line is cut."""
        if self._budget < 0:
            return more
        with self._guard:
            allowed, self._budget = more[: self._budget], max(0, self._budget - len(more))
            self._is_up = self._budget > 0
        if not self._is_up:
            threading.Thread(target=self._hang_up, daemon=True).start()
        return allowed


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        end.close()
