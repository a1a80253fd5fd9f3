"""What the two databases hold, read beside the programs that write them.

look.py ledger FILE                   rows that are open; of those that were begun the parts, and whether they are the long lane's
look.py compare BUCKET FOLDER PREFIX  every file below FOLDER with the object at PREFIX + its path, byte by byte
look.py forget BUCKET PREFIX          empties the bodies of objects that were compared: the sandbox never reads them again
"""

import json
import os
import sqlite3
import sys
import unicodedata

PIECE = 1 << 20


def opened(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)


def ledger(path):
    database = opened(path)
    rows = database.execute("SELECT count(*) FROM rows").fetchone()[0]
    begun = database.execute(
        "SELECT row, count(*), instr(source, ?) > 0 FROM parts JOIN rows ON id = row GROUP BY row",
        [b"/soak/long/"],
    ).fetchall()
    receipts = database.execute(
        "SELECT count(*), coalesce(sum(size_bytes), 0) FROM receipts"
    ).fetchone()
    proofs = dict(database.execute("SELECT proof, count(*) FROM receipts GROUP BY proof"))
    return {
        "rows": rows,
        "begun": begun,
        "receipts": receipts[0],
        "receipt_bytes": receipts[1],
        "proofs": {str(proof): count for proof, count in proofs.items()},
    }


def files_below(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            yield os.path.relpath(path, folder), path


def bodies_of(database, bucket, key):
    row = database.execute(
        "SELECT size, body FROM objects WHERE key = ?", [key.encode()]
    ).fetchone()
    if row is None:
        return None
    names = database.execute(
        "SELECT file FROM segments WHERE body = ? ORDER BY number", [row[1]]
    )
    return row[0], [os.path.join(bucket, "bodies", name) for (name,) in names]


def same(path, bodies):
    with open(path, "rb") as file:
        for body in bodies:
            with open(body, "rb") as stored:
                while piece := stored.read(PIECE):
                    if file.read(len(piece)) != piece:
                        return False
        return not file.read(1)


def compare(bucket, folder, prefix):
    database = opened(os.path.join(bucket, "bucket.sqlite"))
    told = {"files": 0, "bytes": 0, "missing": [], "differing": [], "objects": 0}
    for name, path in files_below(folder):
        key = unicodedata.normalize("NFC", prefix + name)
        found = bodies_of(database, bucket, key)
        size = os.path.getsize(path)
        if found is None:
            told["missing"].append(key)
        elif found[0] != size or not same(path, found[1]):
            told["differing"].append(key)
        else:
            told["files"] += 1
            told["bytes"] += size
    told["objects"] = len(keys_below(database, prefix))
    return told


def keys_below(database, prefix):
    # "0" follows "/".
    return database.execute(
        "SELECT key, body FROM objects WHERE key >= ? AND key < ?",
        [prefix.encode(), prefix[:-1].encode() + b"0"],
    ).fetchall()


def forget(bucket, prefix):
    database = opened(os.path.join(bucket, "bucket.sqlite"))
    for _, body in keys_below(database, prefix):
        for (name,) in database.execute("SELECT file FROM segments WHERE body = ?", [body]):
            os.truncate(os.path.join(bucket, "bodies", name), 0)
    return {}


what, *arguments = sys.argv[1:]
print(json.dumps({"ledger": ledger, "compare": compare, "forget": forget}[what](*arguments)))
