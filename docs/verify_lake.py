"""Prove a lake of Tieout without Tieout: python verify_lake.py LAKE [ANCHOR]... (format: docs/proof.md).

An anchor is the hash of a link, as a page or a mail has it. TIEOUT_CHAIN_KEY holds the key of a keyed chain;
without it nobody can tell who wrote a link, and only the anchors prove those up to them.
"""

import hashlib
import hmac
import json
import os
import sys
from pathlib import Path

lake, anchors, key = Path(sys.argv[1]), set(sys.argv[2:]), os.environ.get("TIEOUT_CHAIN_KEY", "").encode()
findings, stated, hashes, previous, is_keyed = [], {}, set(), "0" * 64, False


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def is_plain(file):
    return file.is_file() and not file.is_symlink()


def hash_of(file):
    if not is_plain(file):
        return None
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


names = [file.stem for file in (lake / "_chain").glob("*.json")]
links = {
    int(name): lake / "_chain" / f"{name}.json"
    for name in names
    if len(name) == 8 and name.isascii() and name.isdecimal()
}
for number in sorted(links):
    if number - 1 not in links and number > 1:
        last = max((each for each in links if each < number), default=0)
        findings.append(f"link {last + 1} was removed, or all to {number - 1}")
        previous = None
    try:
        if not is_plain(links[number]) or links[number].stat().st_size > 1 << 28:
            raise ValueError(number)
        line, link_hash, *codes = links[number].read_bytes().split(b"\n")
        body, is_sound = json.loads(line), sha256(line) == link_hash.decode()
        if body["is_keyed"] and key:
            code = hmac.new(key, line, "sha256").hexdigest().encode()
            is_sound = (is_sound and codes == [code, b""]) or (link_hash == code and codes == [b""])
        files = {file["path"]: file["sha256"] for file in body["files"]}
        size = 8 * sum(file["rows"] for file in body["files"])
        texts = [*files, *files.values(), *(body[name] for name in ("kind", "previous", "at", "rows_sha256"))]
        is_sound &= all(isinstance(text, str) for text in texts) and isinstance(body["is_keyed"], bool)
        if not is_sound or body["number"] != number:
            raise ValueError(number)
    except Exception:
        findings.append(f"link {number} was edited, or is another one")
        previous = None
        continue
    if previous not in (None, body["previous"]):
        findings.append(f"link {number} does not follow link {number - 1}: one was replaced")
    if is_keyed and not body["is_keyed"]:
        findings.append(f"link {number} is not keyed, and the one before it is")
    rows = links[number].with_suffix(".rows")
    is_whole = is_plain(rows) and rows.stat().st_size == size
    rows_hash = hash_of(rows) if is_whole else None if os.path.lexists(rows) else sha256(b"")
    if rows_hash != body["rows_sha256"]:
        findings.append(f"_chain/{number:08d}.rows was edited or removed")
    previous, is_keyed = link_hash.decode(), body["is_keyed"]
    hashes.add(previous)
    for path, digest in files.items():
        if stated.setdefault(path, digest) != digest and not path.startswith("_packs/"):
            findings.append(f"link {number} states {path} otherwise than an earlier link, which counts")
        elif path.startswith("_packs/"):
            stated[path] = digest

findings += [f"anchor {anchor} is no link: the chain was cut off or rewritten" for anchor in anchors - hashes]
there = {
    file.relative_to(lake).as_posix(): file
    for file in lake.rglob("*")
    if file.is_symlink() or file.suffix == ".parquet" or (file.suffix == ".json" and "_packs" in file.parts)
}
there = {path: file for path, file in there.items() if not path.startswith("_") or path.startswith("_packs/")}
for path in sorted(there.keys() | stated.keys()):
    if path not in there:
        if not path.startswith("_packs/"):
            findings.append(f"{path} was removed")
    elif (now := hash_of(there[path])) is None:
        findings.append(f"{path} is no file")
    elif now != stated.get(path):
        findings.append(f"{path} was {'edited' if path in stated else 'added'} (now {now[:16]})")

for finding in findings:
    print(ascii(finding)[1:-1])
print(f"{len(hashes)} links, {len(findings)} findings")
sys.exit(bool(findings))
