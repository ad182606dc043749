"""Finding a person by the full name while only ciphers and keyed digests are kept."""

import re
import unicodedata

from governance.lib.crypto import digest, digests

SHORTEST = 2  # characters of a full name; a surname alone would find a tenth of the district
LONGEST = 60


def name_digest(name: str) -> str:
    """Digest a name as it is looked for, under the newest key; an empty name has none."""
    plain = _plain(name)
    return digest(_keyed(plain)) if plain else ""


def name_digests(words: str) -> list[str]:
    """Digest words that may be a full name under every key; none where they cannot be one."""
    plain = _plain(words)
    fits = SHORTEST <= len(plain) <= LONGEST and not plain.isdecimal()
    return digests(_keyed(plain)) if fits else []


def _plain(name: str) -> str:
    """Bring full-width forms into one and leave the signs between characters out."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).casefold()


def _keyed(plain: str) -> str:
    # Apart from telephones and their pieces, which have digests under the same keys.
    return f"name:{plain}"
