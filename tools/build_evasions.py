"""Write the sounds of characters into rules/evasions.yaml and show what the words listed there might be confused with.

    python tools/build_evasions.py            # writes ``sounds`` at the end of the file
    python tools/build_evasions.py --review   # for each word: its reading, and dictionary words that sound alike

Readings come from pypinyin (MIT) and the pinyin-data it holds (MIT). Characters are those of GB 2312; each stands
under its most common reading. What the program makes of them is text/evasion_reading.py.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jieba
import pypinyin
import yaml

FILE = Path(__file__).resolve().parent.parent / "rules" / "evasions.yaml"
MARK = "# ---- 以下由 tools/build_evasions.py 生成，不要手改 ----\n"
HEAD = f"# 读音（不计声调，ü 写作 v）→ GB 2312 中这样读的字。来源：pypinyin {pypinyin.__version__}（MIT）。\n"
LEVELS = (range(0xB0, 0xF8), range(0xA1, 0xFF))


def main() -> None:
    """Write the sounds, or show what to review."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--review", action="store_true", help="show readings and words that sound alike")
    if arguments.parse_args().review:
        sys.stdout.writelines(_review())
        return
    written, _, _ = FILE.read_text(encoding="utf-8").partition(MARK)
    FILE.write_text(written + MARK + HEAD + sounds_yaml(), encoding="utf-8")


def sounds_yaml() -> str:
    """The generated part of the file."""
    return "sounds:\n" + "".join(f"  {_key(syllable)}: {characters}\n" for syllable, characters in sounds().items())


def sounds() -> dict[str, str]:
    """Syllable → characters, both sorted."""
    found: dict[str, list[str]] = {}
    for ch in _gb2312():
        found.setdefault(reading(ch)[0], []).append(ch)
    return {syllable: "".join(characters) for syllable, characters in sorted(found.items())}


def reading(word: str) -> list[str]:
    """Toneless syllables of a word as pypinyin reads it."""
    return [s.replace("ü", "v") for s in pypinyin.lazy_pinyin(word, v_to_u=True)]


def _gb2312() -> Iterator[str]:
    rows, cells = LEVELS
    for row in rows:
        for cell in cells:
            character = bytes([row, cell]).decode("gb2312", "ignore")
            if character:
                yield character


def _key(syllable: str) -> str:
    """Syllables that YAML would read as something else are quoted."""
    return f'"{syllable}"' if yaml.safe_load(syllable) != syllable else syllable


def _review() -> Iterator[str]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    alone = {ch: syllable for syllable, characters in content["sounds"].items() for ch in characters}
    jieba.initialize()
    alike: dict[tuple[str, ...], list[str]] = {}
    for word, count in jieba.dt.FREQ.items():
        if count and 2 <= len(word) <= 4 and all(ch in alone for ch in word):
            alike.setdefault(tuple(alone[ch] for ch in word), []).append(word)
    for entry in content["words"]:
        line = entry if isinstance(entry, dict) else {"word": entry}
        word = line["word"]
        said = tuple((line.get("pinyin") or " ".join(alone[ch] for ch in word)).split())
        others = [other for other in alike.get(said, ()) if other != word]
        doubt = "" if list(said) == reading(word) else f"  pypinyin: {' '.join(reading(word))}"
        yield f"{word} {' '.join(said)}{doubt}  {' '.join(others)}\n"


if __name__ == "__main__":
    main()
