#include "suites/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "suites/schema_words.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

/// Of "suites": id → path. A file id.yaml, or a folder with suite.yaml, id.yaml or binding.yaml in it.
std::map<std::string, std::string> entries(const std::string& kind) {
  std::map<std::string, std::string> out;
  std::error_code error;
  const std::string singular = kind.ends_with("s") ? kind.substr(0, kind.size() - 1) : kind;
  for (fs::directory_iterator it(fs::path(catalog_root()) / kind, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    const fs::path path = it->path();
    if (path.extension() == ".yaml" && fs::is_regular_file(path, ignored)) {
      out[path.stem().string()] = path.string();
    } else if (fs::is_directory(path, ignored)) {
      const std::string id = path.filename().string();
      for (const auto& name : {singular + ".yaml", id + ".yaml", std::string("binding.yaml")})
        if (!out.contains(id) && fs::is_regular_file(path / name, ignored)) out[id] = (path / name).string();
    }
  }
  return out;
}

bool looks_like_path(const std::string& text) {
  return text.find('/') != std::string::npos || text.ends_with(".yaml") || text.ends_with(".yml");
}

}  // namespace

std::string catalog_root() {
  if (const char* given = std::getenv("ASSAY_CATALOG"); given != nullptr && *given != '\0') return given;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const char* beside : {"../share/assay/catalog", "catalog"})
    if (const fs::path path = program / beside; fs::is_directory(path, ignored))
      return path.lexically_normal().string();
  return ASSAY_SOURCE_CATALOG;
}

std::vector<std::string> catalog_list(const std::string& kind) {
  std::vector<std::string> ids;
  for (const auto& [id, unused] : entries(kind)) ids.push_back(id);
  return ids;
}

Result<std::string> catalog_find(const std::string& kind, const std::string& id_or_path) {
  std::error_code ignored;
  if (looks_like_path(id_or_path)) {
    if (fs::exists(id_or_path, ignored)) return fs::absolute(id_or_path, ignored).lexically_normal().string();
    return Error{310,
                 {"there is no such file", "没有这个文件"},
                 Place{id_or_path},
                 {"the path of an existing file", "已有文件的路径"},
                 id_or_path,
                 {"check the path; a name without / is looked up in the catalogue",
                  "请检查路径；不含“/”的名称会在目录库中查找"}};
  }
  const auto known = entries(kind);
  if (const auto it = known.find(id_or_path); it != known.end()) return it->second;
  std::vector<std::string> ids;
  for (const auto& [id, unused] : known) ids.push_back(id);
  const auto nearest = nearest_name(id_or_path, ids);
  return Error{310,
               {fmt::format("the catalogue has no \"{}\" among its {}", id_or_path, kind),
                fmt::format("目录库的 {} 中没有“{}”", kind, id_or_path)},
               Place{(fs::path(catalog_root()) / kind).string()},
               ids.empty() ? Text{"a catalogue with entries", "有内容的目录库"} : one_of_words(ids),
               id_or_path,
               nearest.empty() ? Text{"name an entry, or give a path with /", "请写已有的名称，或给出含“/”的路径"}
                               : Text{fmt::format("did you mean {}?", nearest), fmt::format("是否想写 {}？", nearest)}};
}

}  // namespace assay
