#include "evidence/trust.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evidence/encoding.h"
#include "evidence/errors.h"
#include "suites/yaml.h"

namespace assay::evidence {
namespace {

Error bad_list(const YamlFile& file, const std::string& pointer, Error why) {
  why.id = kBadTrustList;
  why.place = file.place(pointer);
  return why;
}

std::vector<Role> roles_of(const Json& list) {
  std::vector<Role> out;
  for (const auto& name : list)
    if (const auto role = role_from(name.get<std::string>())) out.push_back(*role);
  return out;
}

}  // namespace

const TrustedKey* TrustList::find(const std::string& key_id) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.key.id() == key_id; });
  return found == keys.end() ? nullptr : &*found;
}

Result<TrustList> load_trust(const std::string& path) {
  ASSAY_TRY(const auto file, read_yaml(path));
  ASSAY_RETURN_IF_ERROR(validate_schema(file, "trust"));
  TrustList out;
  if (file.value->contains("required_roles")) out.required = roles_of(file.value->at("required_roles"));
  std::size_t number = 0;
  for (const auto& entry : file.value->at("keys")) {
    const std::string pointer = "/keys/" + std::to_string(number++);
    auto key = PublicKey::from_pem(entry.at("public_key").get<std::string>(), path);
    if (!key) return bad_list(file, pointer + "/public_key", key.error());
    if (out.find(key->id()) != nullptr)
      return bad_list(
          file, pointer,
          evidence_error(kBadTrustList, {"a key stands twice in the trust list", "信任列表中密钥重复"}, path));
    out.keys.push_back({entry.at("person"), entry.at("organisation"), roles_of(entry.at("roles")), std::move(*key),
                        entry.value("from", ""), entry.value("until", "")});
  }
  return out;
}

}  // namespace assay::evidence
