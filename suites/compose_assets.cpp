// Files that a model names: found, made absolute, hashed.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/sha256.h"
#include "suites/compose_parts.h"

namespace assay {

namespace fs = std::filesystem;
using tinyxml2::XMLElement;

namespace {

constexpr const char* kFileAttributes[] = {"file",     "fileright", "fileleft", "fileup",
                                           "filedown", "filefront", "fileback"};
constexpr std::uintmax_t kAssetBytes = 256u << 20;

std::vector<XMLElement*> asset_elements(const Mjcf& mjcf) {
  std::vector<XMLElement*> found;
  for (auto* section = mjcf.root()->FirstChildElement("asset"); section; section = section->NextSiblingElement("asset"))
    for (auto* asset = section->FirstChildElement(); asset; asset = asset->NextSiblingElement()) found.push_back(asset);
  return found;
}

std::string folder_for(std::string_view tag, const std::map<std::string, std::string>& settings) {
  const auto at = settings.find(tag == "texture" ? "texturedir" : "meshdir");
  return at == settings.end() ? "" : at->second;
}

Result<std::string> locate(const Mjcf& mjcf, const XMLElement* asset, const char* file,
                           const std::map<std::string, std::string>& settings) {
  const auto strip = settings.find("strippath");
  fs::path name = file;
  if (strip != settings.end() && strip->second == "true") name = name.filename();
  // Operator / keeps an absolute right-hand side, which is MuJoCo's rule for file and folder alike.
  const auto path = fs::path(mjcf.path).parent_path() / folder_for(tag_of(asset), settings) / name;
  std::error_code code;
  const auto refuse = [&](Text what) {
    return mjcf_error(465, std::move(what), mjcf.place(asset), path.lexically_normal().string(),
                      {"check the file name and the compiler's meshdir, texturedir and strippath",
                       "请检查文件名以及 compiler 的 meshdir、texturedir、strippath"});
  };
  if (!fs::exists(path, code))
    return refuse(
        {fmt::format("file of <{}> not found", tag_of(asset)), fmt::format("找不到 <{}> 的文件", tag_of(asset))});
  if (!fs::is_regular_file(path, code))
    return refuse({fmt::format("file of <{}> is not a regular file", tag_of(asset)),
                   fmt::format("<{}> 的文件不是普通文件", tag_of(asset))});
  if (fs::file_size(path, code) > kAssetBytes)
    return refuse({fmt::format("file of <{}> is larger than {} MiB", tag_of(asset), kAssetBytes >> 20),
                   fmt::format("<{}> 的文件超过 {} MiB", tag_of(asset), kAssetBytes >> 20)});
  return fs::canonical(path, code).string();
}

}  // namespace

void name_assets(Mjcf& mjcf) {
  for (auto* asset : asset_elements(mjcf)) {
    const char* file = asset->Attribute("file");
    const char* name = asset->Attribute("name");
    if ((name && *name) || !file || tag_of(asset) == "material") continue;
    asset->SetAttribute("name", fs::path(file).stem().string().c_str());
  }
}

Result<std::vector<std::string>> resolve_assets(Mjcf& mjcf) {
  const auto settings = compiler_settings(mjcf);
  std::vector<std::string> files;
  for (auto* asset : asset_elements(mjcf)) {
    for (const char* attribute : kFileAttributes) {
      const char* file = asset->Attribute(attribute);
      if (!file || !*file) continue;
      ASSAY_TRY(const auto path, locate(mjcf, asset, file, settings));
      asset->SetAttribute(attribute, path.c_str());
      if (std::find(files.begin(), files.end(), path) == files.end()) files.push_back(path);
    }
  }
  return files;
}

Result<std::string> hash_files(const std::vector<std::string>& files, const std::vector<std::string>& assets) {
  Sha256 hash;
  for (const auto* list : {&files, &assets}) {
    for (const auto& path : *list) {
      ASSAY_TRY(const auto digest, sha256_file(path));
      hash.update(fs::path(path).filename().string() + " " + to_hex(digest) + "\n");
    }
  }
  return to_hex(hash.finish());
}

}  // namespace assay
