"""Prove a lake of Tieout without Tieout: python verify_lake.py LAKE [ANCHOR]... (format: docs/proof.md).

An anchor is the hash of a link, as a page or a mail has it. TIEOUT_CHAIN_KEY holds the key of a keyed chain;
without it the hashes of its links are taken as they are stated, and only the anchors prove them.
"""

import hashlib
import hmac
import json
import os
import sys
from pathlib import Path

lake, anchors, key = Path(sys.argv[1]), set(sys.argv[2:]), os.environ.get("TIEOUT_CHAIN_KEY", "").encode()
findings, stated, hashes, accepted, previous, is_keyed = [], {}, set(), set(), "0" * 64, False
links = {int(file.stem): file for file in (lake / "_chain").glob("*.json") if file.stem.isdecimal()}
for number in range(1, max(links, default=0) + 1):
    try:
        line, link_hash, _ = links[number].read_bytes().split(b"\n")
        body, link_hash = json.loads(line), link_hash.decode()
        found = hmac.new(key, line, "sha256") if body["is_keyed"] and key else hashlib.sha256(line)
        is_taken = body["is_keyed"] and not key
        assert body["number"] == number and (is_taken or found.hexdigest() == link_hash)
    except Exception:
        findings.append(f"link {number} was edited, is another one, or was removed")
        previous = None
        continue
    if previous not in (None, body["previous"]):
        findings.append(f"link {number} does not follow link {number - 1}: one was replaced")
    if is_keyed and not body["is_keyed"]:
        findings.append(f"link {number} is not keyed, and the one before it is")
    previous, is_keyed = link_hash, body["is_keyed"]
    hashes.add(link_hash)
    stated |= {file["path"]: file["sha256"] for file in body["files"]}
    accepted |= set(body.get("findings", []))

findings += [f"anchor {anchor} is no link: the chain was cut off or rewritten" for anchor in anchors - hashes]
there = [
    file
    for rows in ("[!_]*/**/*.parquet", "_packs/*/*.parquet", "_packs/*/*.json")
    for file in lake.glob(rows)
]
for path in sorted({file.relative_to(lake).as_posix() for file in there} | stated.keys()):
    file = lake / path
    now = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None
    if now != stated.get(path) and not (now is None and path.startswith("_packs/")):
        what = "removed" if now is None else "edited" if path in stated else "added"
        findings.append(f"{path} was {what} (now {now[:16] if now else 'gone'})")

for finding in findings:
    print(finding)
print(f"{len(hashes)} links, {len(findings)} findings")
sys.exit(bool(findings))
