#include "core/sha256.h"
#include "evidence/authority.h"
#include "evidence/errors.h"
#include "evidence/intact.h"

namespace assay::evidence {

Result<Examination> sign_bundle(const std::string& path, const PrivateKey& key, const SignRequest& request) {
  ASSAY_TRY(const auto bundle, open_intact(path, true));
  ASSAY_TRY(auto signed_so_far, check_attestations(bundle));
  Examination x = bundle.facts;
  x.role = request.role;
  x.person = request.person;
  x.organisation = request.organisation;
  x.time = request.time;
  x.deviations = request.deviations;
  x.key_id = key.public_key().id();
  x.public_key = base64(key.public_key().der());
  x.algorithm = to_string(key.public_key().algorithm());
  x.previous = bundle.attestations.empty() ? empty_head() : sha256_hex(bundle.attestations);
  signed_so_far.push_back(x);
  ASSAY_RETURN_IF_ERROR(check_roles(signed_so_far, x.division));
  if (x.division == "lab") {
    ASSAY_RETURN_IF_ERROR(check_competence(bundle, x.role, x.person, x.time.substr(0, 10)));
    ASSAY_RETURN_IF_ERROR(check_equipment(bundle));
  }
  ASSAY_TRY(const auto envelope, sign_envelope(statement_of(x), key));

  ASSAY_TRY(const auto out, ZipWriter::create(path));
  for (const auto& entry : bundle.zip->entries()) {
    if (entry.path == kAttestationsName) continue;
    ASSAY_RETURN_IF_ERROR(out->begin(entry.path, entry.size, entry.crc32));
    ASSAY_RETURN_IF_ERROR(bundle.zip->read(entry, [&](std::string_view block) { return out->write(block); }));
  }
  ASSAY_RETURN_IF_ERROR(out->add(kAttestationsName, bundle.attestations + to_line(envelope) + "\n"));
  ASSAY_RETURN_IF_ERROR(out->finish());
  return x;
}

}  // namespace assay::evidence
