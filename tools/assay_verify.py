#!/usr/bin/env python3
"""assay_verify.py BUNDLE [KEY_ID ...]: checks an Assay bundle with nothing of Assay's.
Standard library and the `openssl` command only. Is it intact, who signed it, and was one of them a KEY_ID (SHA-256 of the
public key)? Does not judge traces again. Exit: 0 yes, 8 broken, 9 intact but not signed so, 2 usage.
"""
import base64
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

ZEROS = "0" * 64
MANIFEST, SIGNED = "manifest.json", "attestations.intoto.jsonl"

def need(condition, what):
    if not condition:
        raise ValueError(what)

def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def hexadecimal(number):
    return None if number is None else f"{number % (1 << 64):016x}"

def unique(pairs):
    need(len(pairs) == len(dict(pairs)), "a key stands twice")
    return dict(pairs)

def parse(text):
    return json.loads(text, object_pairs_hook=unique)

def unbase64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 in another spelling")
    return data

def local_header(name, size, crc):
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0x800, 0, 0, 0x21, crc, size, size, len(name), 0) + name

def central_header(name, size, crc, offset):
    far = offset >= 0xFFFFFFFF
    version, extra = (45, struct.pack("<HHQ", 1, 8, offset)) if far else (20, b"")
    return struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 3 << 8 | version, version, 0x800, 0, 0, 0x21, crc, size, size,
                       len(name), len(extra), 0, 0, 0, 0o100644 << 16, min(offset, 0xFFFFFFFF)) + name + extra

def end_records(count, start, size):
    out = b""
    if count >= 0xFFFF or start >= 0xFFFFFFFF or size >= 0xFFFFFFFF:
        out = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 3 << 8 | 45, 45, 0, 0, count, count, size, start)
        out += struct.pack("<IIQI", 0x07064B50, 0, start + size, 1)
    return out + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), min(size, 0xFFFFFFFF),
                             min(start, 0xFFFFFFFF), 0)

def safe(name):
    parts = name.split("/")
    return (len(name.encode()) <= 400 and not re.search(r'[\x00-\x1f\x7f\\:*?"<>|]', name)
            and all(p and p not in (".", "..") and p[-1] not in ". " for p in parts))

class Zip:
    """The one spelling of docs/evidence.md: every byte follows from names, sizes, checksums and contents."""

    def __init__(self, path):
        need(os.path.isfile(path), "not a file")
        self.file, self.size = open(path, "rb"), os.path.getsize(path)
        end = self.at(self.size - 22, 22)
        need(end[:4] == b"PK\5\6", "no zip directory at the end")
        count, size, start = struct.unpack("<10xHII2x", end)
        if 0xFFFF == count or 0xFFFFFFFF in (size, start):
            end = self.at(self.size - 98, 98)
            count, size, start = struct.unpack("<32xQQQ42x", end)
        need(count <= 200000 and start + size + len(end) == self.size and end == end_records(count, start, size), "zip end")
        directory, offset, at, self.entries = self.at(start, size), 0, 0, []
        for _ in range(count):
            need(at + 46 <= len(directory), "the zip directory ends early")
            crc, length, n = struct.unpack_from("<16xI4xIH", directory, at)
            raw = directory[at + 46:at + 46 + n]
            name = raw.decode()
            need(safe(name), f"a name that could do harm: {name!r}")
            head = central_header(raw, length, crc, offset)
            need(directory[at:at + len(head)] == head, f"zip directory: {name}")
            need(self.at(offset, 30 + n) == local_header(raw, length, crc), f"header before {name}")
            self.entries.append((name, offset + 30 + n, length, crc))
            at, offset = at + len(head), offset + 30 + n + length
        need(at == len(directory) and offset == start, "bytes that belong to no file")

    def at(self, offset, size):
        need(0 <= offset and offset + size <= self.size, "the file ends early")
        self.file.seek(offset)
        return self.file.read(size)

    def text(self, name):
        found = [e for e in self.entries if e[0] == name]
        need(len(found) == 1, f"{name}: missing")
        need(found[0][2] < 1 << 28, f"{name}: too large")
        text = self.at(found[0][1], found[0][2])
        need(zlib.crc32(text) == found[0][3], f"{name}: checksum")
        return text

    def sha256(self, entry):
        digest, step = hashlib.sha256(), 1 << 20
        for at in range(0, entry[2], step):
            digest.update(self.at(entry[1] + at, min(step, entry[2] - at)))
        return digest.hexdigest()

def check_lines(bundle, manifest):
    """Both chains, from what stands in the lines."""
    head, count = ZEROS, 0
    for line in bundle.text("trials.jsonl").splitlines(keepends=True):
        trial = line[161:-2]
        digest = hashlib.sha256(head.encode() + b"\n" + trial).hexdigest()
        need(line == f'{{"hash":"{digest}","previous":"{head}","trial":'.encode() + trial + b"}\n",
             f"trials.jsonl: line {count + 1} does not hang on the one before")
        head, count = digest, count + 1
    need((head, count) == (manifest["trial_chain_head"], manifest["counts"]["trials"]), "trials.jsonl: not as counted")
    head, count = ZEROS, 0
    for line in bundle.text("audit.jsonl").splitlines():
        e, count = parse(line), count + 1
        need(canonical(e) == line and e["number"] == count and e["previous"] == head, f"audit.jsonl: entry {count}")
        if "row" in e:
            said = {k: v for k, v in e.items() if k not in ("row", "hash", "previous")}
            need(e["hash"] == hashlib.sha256(head.encode() + canonical(said)).hexdigest(), f"audit.jsonl: entry {count}")
            if e["of_table"] not in ("", "grades"):
                need(hashlib.sha256(e["row"].encode()).hexdigest() == e["row_sha256"], f"audit.jsonl: row of entry {count}")
        head = e["hash"]
    need((head, count) == (manifest["audit_chain_head"], manifest["counts"]["audit_entries"]), "audit.jsonl: not as counted")

def check_files(bundle):
    names = [e[0] for e in bundle.entries]
    text = bundle.text(MANIFEST)
    manifest = parse(text)
    listed = [f["path"] for f in manifest["files"]]
    need(len(set(names)) == len(names), "a file stands twice")
    need(names in (listed + [MANIFEST], listed + [MANIFEST, SIGNED]),
         "not the files of the manifest: " + ", ".join(sorted(set(names) ^ set(listed + [MANIFEST])))[:200])
    for entry, file in zip(bundle.entries, manifest["files"]):
        need((entry[2], entry[3], bundle.sha256(entry)) == (file["size"], file["crc32"], file["sha256"]), entry[0])
    sums = "".join(f"{f['sha256']}  {f['path']}\n" for f in manifest["files"] if f["path"] != "SHA256SUMS")
    need(bundle.text("SHA256SUMS") == sums.encode(), "SHA256SUMS: not the manifest's")
    check_lines(bundle, manifest)
    plan, results = parse(bundle.text("plan.json")), parse(bundle.text("results.json"))
    divisions = {manifest["division"], plan["division"], results["division"], results["grade"]["division"]}
    need(len(divisions) == 1, f"divisions {divisions}")
    check_record(bundle, manifest, results)
    return manifest, results, hashlib.sha256(text).hexdigest()

def check_record(bundle, manifest, results):
    """Plan, lock and trials are those that the audit log chained; files, traces and results tell of the same."""
    started, finished, struck, locks = {}, {}, set(), 0
    for line in bundle.text("audit.jsonl").splitlines():
        e = parse(line)
        table = e.get("of_table", "")
        row = parse(e["row"]) if "row" in e and table not in ("", "grades") else {}
        if table == "sessions":
            said = (row["plan_json"].encode(), row["lock_json"].encode())
            need(said == (bundle.text("plan.json"), bundle.text("lock.json")), "plan.json, lock.json: not as chained")
            locks += 1
        elif table == "trials_started":
            started[row["number"]] = row
        elif table == "trials_finished":
            finished[row["trial"]] = row
        elif table == "invalidations":
            struck.add(row["trial"])
    need(locks == 1, "audit.jsonl: it does not lock one session")
    trials = [parse(line[161:-2]) for line in bundle.text("trials.jsonl").splitlines(keepends=True)]
    need([t["number"] for t in trials] == sorted(started) == [t["number"] for t in results["trials"]],
         "trials.jsonl: not the trials that were chained")
    for t, told in zip(trials, results["trials"]):
        start, end, where = started[t["number"]], finished.get(t["number"]), f"trials.jsonl: trial {t['number']}"
        need([t["task"], t["level"], t["index"]] == [start["task"], start["level"], start["idx"]], where)
        need(t["finished"] == (end is not None) and t["valid"] == (t["number"] not in struck), where)
        need(end is None or all(t[k] == end[k] for k in ("outcome", "reason", "content_digest", "trace_sha256")), where)
        measured = [(m["id"], m["version"], m.get("value_bits")) for m in t["metrics"]]
        need(end is None or measured == [(m["id"], m["version"], hexadecimal(m["value_bits"])) for m in end["metrics"]], where)
        need([told["task"], told["level"], told["outcome"], told["trace_sha256"], told["validity"] == "valid"] ==
             [t["task"], t["level"], t["outcome"] if end else None, t["trace_sha256"], t["valid"]], f"results.json: {where}")
    need({f"traces/t{t['number']:04}.mcap": t["trace_sha256"] for t in trials if t["trace_sha256"]} ==
         {f["path"]: f["sha256"] for f in manifest["files"] + manifest["withheld"] if f["path"].startswith("traces/")},
         "traces: not those of the trials")
    need(sorted(f["sha256"] for f in parse(bundle.text("lock.json"))["files"]) ==
         sorted(f["sha256"] for f in manifest["files"] if f["role"] == "deciding"), "files: not those that were locked")
    need(results["plan_sha256"] == hashlib.sha256(bundle.text("plan.json")).hexdigest(), "results.json: of another plan")

def openssl_verify(statement, signature, key):
    signed = f"DSSEv1 28 application/vnd.in-toto+json {len(statement)} ".encode() + statement
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(key) + b"-----END PUBLIC KEY-----\n"
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", pem), ("signature", signature), ("signed", signed)):
            pathlib.Path(folder, name).write_bytes(data)
        words = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key", "-sigfile", "signature", "-in", "signed"]
        if b"\x81\x1c\xcf\x55\x01\x82\x2d" in key:  # the curve of SM2
            words += ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
        return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, check=False,
                              timeout=60).returncode == 0

def check_signatures(bundle, manifest, results, manifest_sha256):
    signers, before = [], b""
    text = bundle.text(SIGNED) if bundle.entries[-1][0] == SIGNED else b""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        where = f"{SIGNED}: line {number}"
        envelope = parse(line[:-1])
        need(canonical(envelope) + b"\n" == line and len(envelope["signatures"]) == 1, where)
        statement = unbase64(envelope["payload"])
        said = parse(statement)
        p, signer = said["predicate"], said["predicate"]["signer"]
        key = unbase64(signer["public_key"])
        need(hashlib.sha256(key).hexdigest() == signer["key_id"] == envelope["signatures"][0]["keyid"], f"{where}: key")
        need(openssl_verify(statement, unbase64(envelope["signatures"][0]["sig"]), key),
             f"{where}: the signature does not hold")
        need(said["subject"][0]["digest"]["sha256"] == manifest_sha256, f"{where}: signed over another manifest")
        need(p["previous"] == (hashlib.sha256(before).hexdigest() if before else ZEROS), f"{where}: out of order")
        need(p["division"] == manifest["division"] and p["result"]["overall_level"] == results["grade"]["overall_level"],
             f"{where}: it says otherwise than the files")
        need((p["role"] == "vendor") != (manifest["division"] == "lab"), f"{where}: {p['role']} on {manifest['division']}")
        signers.append((signer["key_id"], p["role"], signer["person"], signer["organisation"]))
        before += line
    need(len({s[0] for s in signers}) == len({s[2] for s in signers}) == len(signers), "four eyes: one person, one role")
    return signers

def main(words):
    if len(words) < 2:
        return print(__doc__) or 2
    try:
        bundle = Zip(words[1])
        manifest, results, digest = check_files(bundle)
        signers = check_signatures(bundle, manifest, results, digest)
    except Exception as error:  # whatever a bent file makes this program do: it is broken
        print(f"broken: {error}")
        return 8
    print(f"intact: {manifest['counts']}  division {manifest['division']}  level {results['grade']['overall_level']}")
    for signer in signers:
        print("signed: key %s  %s  %s, %s" % signer)
    return 0 if signers and (len(words) == 2 or any(s[0] in words[2:] for s in signers)) else 9

if __name__ == "__main__":
    sys.exit(main(sys.argv))
