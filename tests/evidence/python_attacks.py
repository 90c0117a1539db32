"""python_attacks.py GOOD OTHER SELF: attacks on bundles, against tools/assay_verify.py. Exit 1 if any is not refused.

GOOD and OTHER are signed bundles of a laboratory, SELF is not signed. Every byte in turn with ASSAY_FULL=1; else every
seventeenth."""
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(HERE)), "tools"))
sys.dont_write_bytecode = True
import assay_verify as tool  # noqa: E402

FULL = os.environ.get("ASSAY_FULL") == "1"
FOLDER = tempfile.mkdtemp(prefix="assay-attacks-")
TARGET = os.path.join(FOLDER, "attack.assay")
tried, failures, signatures = 0, [], {}


def remembered(statement, signature, key, real=tool.openssl_verify):
    """The same question is asked of openssl once."""
    asked = hashlib.sha256(statement + b"|" + signature + b"|" + key).digest()
    if asked not in signatures:
        signatures[asked] = real(statement, signature, key)
    return signatures[asked]


tool.openssl_verify = remembered


def verdict(path, *keys):
    """Exit code and what was printed; in this process, for speed."""
    out, code = [], None
    saved, tool.print = getattr(tool, "print", None), lambda *a, **_: out.append(" ".join(map(str, a)))
    try:
        code = tool.main(["assay_verify.py", path, *keys])
    finally:
        tool.print = saved or print
    return code, "\n".join(out)


def refused(what, data, *keys, allowed=(8,)):
    global tried
    tried += 1
    with open(TARGET, "wb") as file:
        file.write(data)
    code, said = verdict(TARGET, *keys)
    if code not in allowed or (code == 8 and len(said) <= len("broken: ")):
        failures.append(f"{what}: exit {code}: {said}")
    return said


def unzip(path):
    bundle = tool.Zip(path)
    return [(name, bundle.text(name)) for name, *_ in bundle.entries]


def rezip(files):
    body, directory = b"", b""
    for name, text in files:
        raw, crc = name.encode(), zlib.crc32(text)
        directory += tool.central_header(raw, len(text), crc, len(body))
        body += tool.local_header(raw, len(text), crc) + text
    return body + directory + tool.end_records(len(files), len(body), len(directory))


def chained(lines):
    """trials.jsonl with its chain rebuilt."""
    out, head = b"", tool.ZEROS
    for line in lines:
        trial = line[161:-2]
        digest = hashlib.sha256(head.encode() + b"\n" + trial).hexdigest()
        out += f'{{"hash":"{digest}","previous":"{head}","trial":'.encode() + trial + b"}\n"
        head = digest
    return out, head, len(lines)


def rebuilt(files, change, signed=True):
    """Everything that can be computed without a key, computed again."""
    texts = {n: change(n, t) for n, t in files}
    listed = json.loads(texts[tool.MANIFEST])
    trials, head, count = chained(texts["trials.jsonl"].splitlines(keepends=True)) if signed is not None else (None,) * 3
    if trials is not None:
        texts["trials.jsonl"], listed["trial_chain_head"], listed["counts"]["trials"] = trials, head, count
    for entry in listed["files"]:
        text = texts[entry["path"]]
        if entry["path"] == "data-manifest.json":
            data = [{k: f[k] for k in ("path", "sha256", "size")} for f in listed["files"]
                    if f["role"] not in ("report", "readme", "data_manifest", "sums")]
            text = (json.dumps({"files": data, "schema": "assay.data_manifest/1"}, indent=1, sort_keys=True) + "\n").encode()
        if entry["path"] == "SHA256SUMS":
            text = "".join(f"{f['sha256']}  {f['path']}\n" for f in listed["files"] if f["path"] != "SHA256SUMS").encode()
        texts[entry["path"]] = text
        entry.update(size=len(text), crc32=zlib.crc32(text), sha256=hashlib.sha256(text).hexdigest())
    texts[tool.MANIFEST] = (json.dumps(listed, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    return rezip([(n, texts[n]) for n, _ in files if signed or n != tool.SIGNED])


def sign(files, role, person):
    """A forger's own key over whatever the files say."""
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", "f.pem"], cwd=FOLDER, check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", "f.pem", "-pubout", "-outform", "DER", "-out", "f.der"], cwd=FOLDER, check=True)
    texts = dict(files)
    manifest, plan, results = (json.loads(texts[n]) for n in (tool.MANIFEST, "plan.json", "results.json"))
    with open(os.path.join(FOLDER, "f.der"), "rb") as file:
        key = file.read()
    signer = {"person": person, "organisation": "Example Lab", "key_id": hashlib.sha256(key).hexdigest(),
              "public_key": tool.base64.b64encode(key).decode(), "algorithm": "ed25519"}
    statement = tool.canonical({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:x-assay:examination:1",
        "subject": [{"name": tool.MANIFEST, "digest": {"sha256": hashlib.sha256(texts[tool.MANIFEST]).hexdigest()}}],
        "predicate": {"role": role, "signer": signer, "division": manifest["division"], "previous": tool.ZEROS,
                      "plan": plan["division"], "result": {"overall_level": results["grade"]["overall_level"]}}})
    with open(os.path.join(FOLDER, "signed"), "wb") as file:
        file.write(f"DSSEv1 28 application/vnd.in-toto+json {len(statement)} ".encode() + statement)
    subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", "f.pem", "-in", "signed", "-out", "sig"], cwd=FOLDER, check=True)
    with open(os.path.join(FOLDER, "sig"), "rb") as file:
        signature = file.read()
    line = tool.canonical({"payload": tool.base64.b64encode(statement).decode(), "payloadType": "application/vnd.in-toto+json",
                           "signatures": [{"keyid": signer["key_id"], "sig": tool.base64.b64encode(signature).decode()}]}) + b"\n"
    return [f for f in files if f[0] != tool.SIGNED] + [(tool.SIGNED, line)]


def bytes_and_lengths(good):
    for at in range(0, len(good), 1 if FULL else 17):
        refused(f"byte {at}", good[:at] + bytes([good[at] ^ (1 << at % 8)]) + good[at + 1:])
    for size in range(0, len(good), 97):
        refused(f"cut at {size}", good[:size])
    for what, data in (("before", b"MZ" + good), ("after", good + b"x"), ("twice", good + good)):
        refused(what, data)


def files_of(good_files, other_files):
    others = dict(other_files)
    for i, (name, text) in enumerate(good_files):
        if name == tool.SIGNED:
            refused("signatures removed", rezip(good_files[:i]), allowed=(9,))
        else:
            said = refused(f"removed {name}", rezip(good_files[:i] + good_files[i + 1:]))
            if name not in said and "manifest" not in said:
                failures.append(f"removed {name}: told as {said}")
        refused(f"added {i}", rezip(good_files[:i] + [(f"extra{i}", b"x")] + good_files[i:]))
        refused(f"truncated {name}", rezip(good_files[:i] + [(name, text[:len(text) // 2])] + good_files[i + 1:]))
        if others.get(name, text) != text:
            refused(f"swapped {name}", rezip(good_files[:i] + [(name, others[name])] + good_files[i + 1:]))
        if i:
            refused(f"order {name}", rezip(good_files[:i - 1] + [good_files[i], good_files[i - 1]] + good_files[i + 1:]))
    stolen = [f for f in other_files if f[0] != tool.SIGNED] + [(tool.SIGNED, dict(good_files)[tool.SIGNED])]
    refused("signatures of another bundle", rezip(stolen))


def records(files, self_files, key_id):
    def lines(change):
        def edit(name, text):
            if name != "trials.jsonl":
                return text
            all_lines = text.splitlines(keepends=True)
            change(all_lines)
            return b"".join(all_lines)
        return edit

    def rewritten(old, new):
        return lambda name, text: text.replace(old, new, 1) if name == "trials.jsonl" else text

    def level(name, text):
        return text.replace(b'"overall_level": 2', b'"overall_level": 5') if name == "results.json" else text

    def laboratory(name, text):
        return text.replace(b'"self"', b'"lab"') if name not in (tool.SIGNED, "audit.jsonl") else text

    changes = {"last trial removed": lines(lambda l: l.pop()), "middle removed": lines(lambda l: l.pop(1)),
               "reordered": lines(lambda l: l.reverse()), "repeated": lines(lambda l: l.insert(1, l[1])),
               "outcome": rewritten(b'"outcome":"success"', b'"outcome":"failure"'),
               "washed": rewritten(b'"valid":false', b'"valid":true')}
    for what, change in changes.items():
        refused(f"{what}, signatures kept", rebuilt(files, change))
        refused(f"{what}, no signature", rebuilt(files, change, signed=False))
        with open(TARGET, "wb") as file:
            file.write(rebuilt(files, change, signed=False))
        try:
            forged = unzip(TARGET)
        except ValueError:
            continue
        refused(f"{what}, another's key", rezip(sign(forged, "tester", "Wang")), key_id)
    refused("level edited, signatures kept", rebuilt(files, level))
    refused("level edited, no signature", rebuilt(files, level, signed=False), allowed=(9,))
    refused("level edited, another's key", rezip(sign(unzip(TARGET), "tester", "Wang")), key_id, allowed=(9,))
    refused("a self-assessment as a laboratory's", rebuilt(self_files, laboratory, signed=False))
    refused("a self-assessment signed by a tester", rezip(sign(self_files, "tester", "Wang")))
    refused("a laboratory's signed by a vendor", rezip(sign(files, "vendor", "Smith")))
    refused("stale or foreign key", rezip(files), "0" * 64, allowed=(9,))


def hostile(good):
    claims = {"2^60 entries": tool.end_records(1 << 60, 0, 0), "a directory of 4 GiB": tool.end_records(1, 0, 0xFFFFFFFF), "empty": b"",
              "end alone": tool.end_records(0, 0, 0)}
    for name in ("../x", "/etc/passwd", "a/../../x", "C:\\x", "a\\b", "a//b", "x.", "a\x01"):
        claims[f"slip {name!r}"] = rezip([(name, b"x")])
    files = dict(unzip(good))
    for what, text in (("nested", b"[" * 200_000), ("not JSON", b"\xff\xfe"), ("a number", b"1" * 10_000), ("null", b"null")):
        for name in (tool.MANIFEST, "results.json", "plan.json", tool.SIGNED, "trials.jsonl", "audit.jsonl"):
            claims[f"{name} {what}"] = rezip([(n, text if n == name else t) for n, t in files.items()])
    for what, data in claims.items():
        refused(what, data)
    with open(good, "rb") as file:
        whole = file.read()
    directory = whole.index(b"PK\1\2")
    for what, at, byte in (("compressed: a bomb", 10, 8), ("a symlink", 41, 0xA1)):
        refused(what, whole[:directory + at] + bytes([byte]) + whole[directory + at + 1:])
    rng = random.Random(1)
    for i in range(20_000 if FULL else 300):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data))
            if rng.random() < 0.5:
                data[at] ^= 1 << rng.randrange(8)
            elif rng.random() < 0.5:
                del data[at:at + rng.randint(1, 40)]
            else:
                data[at:at] = data[:rng.randint(1, 40)]
        if bytes(data) != whole:
            refused(f"fuzz {i}", bytes(data))


def main(good, other, own):
    begun = time.monotonic()
    files = unzip(good)
    code, said = verdict(good)
    if code != 0:
        print(f"the good bundle is refused: {said}")
        return 1
    key_id = said.split("signed: key ")[1][:64]
    if verdict(good, key_id)[0] != 0:
        failures.append("the known key is not known")
    with open(good, "rb") as file:
        bytes_and_lengths(file.read())
    files_of(files, unzip(other))
    records(files, unzip(own), key_id)
    hostile(good)
    for failure in failures[:20]:
        print("NOT REFUSED", failure[:300])
    print(f"{tried} attacks, {tried - len(failures)} refused, {time.monotonic() - begun:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
