"""peers.py UNPACKED: a bundle's files before implementations of others. Started with the Python of a venv that has them.

in-toto-attestation and securesystemslib (DSSE) read and check the attestations, the CycloneDX validator the bill of
materials, jsonschema what the bundle's own schemas say of its files."""
import base64
import json
import os
import sys

from cryptography.hazmat.primitives.serialization import load_der_public_key
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
import jsonschema
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def refused(action):
    try:
        action()
    except Exception:  # whatever it says, it must not accept
        return True
    return False


def main(folder):
    bill = read(folder, "sbom.cdx.json")
    validator = JsonStrictValidator(SchemaVersion.V1_5)
    error = validator.validate_str(bill)
    assert error is None, error
    assert validator.validate_str(bill.replace('"library"', '"book"')) is not None
    print("CycloneDX 1.5:", len(json.loads(bill)["components"]), "components")

    rules = json.loads(read(folder, "schemas", "manifest.schema.json"))
    manifest = json.loads(read(folder, "manifest.json"))
    jsonschema.validate(manifest, rules)
    assert refused(lambda: jsonschema.validate(manifest | {"files": 1}, rules))
    predicate = json.loads(read(folder, "schemas", "examination.schema.json"))
    held = 0
    for line in read(folder, "attestations.intoto.jsonl").splitlines():
        envelope = Envelope.from_dict(json.loads(line))
        said = json.loads(envelope.payload)
        jsonschema.validate(said["predicate"], predicate)
        Statement.copy_from_pb(json_format.ParseDict(said, statement_pb2.Statement())).validate()
        bad = json_format.ParseDict(said | {"_type": "another"}, statement_pb2.Statement())
        assert refused(lambda pb=bad: Statement.copy_from_pb(pb).validate())
        signer = said["predicate"]["signer"]
        if signer["algorithm"] != "ed25519":
            continue  # they know no SM2
        key = SSlibKey.from_crypto(load_der_public_key(base64.b64decode(signer["public_key"])), keyid=signer["key_id"])
        assert list(envelope.verify([key], 1)) == [signer["key_id"]]
        envelope.payload += b" "
        try:
            envelope.verify([key], 1)
            raise AssertionError("a changed payload is accepted")
        except VerificationError:
            held += 1
    assert held > 0
    print("in-toto Statement v1, DSSE:", held, "signatures hold, and not over other bytes")


if __name__ == "__main__":
    main(sys.argv[1])
